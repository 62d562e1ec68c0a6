import { Field, ID, InterfaceType } from 'type-graphql';
import { entityOfTypeId } from '../domain/type-id.js';

@InterfaceType('Node', {
  description: 'Anything that has an id of its own and can be read again by it.',
  // Other subgraphs and plain objects pass here too, so the id says what it is, not the class.
  resolveType: (node: NodeType) => entityOfTypeId(node.id) ?? undefined,
})
export abstract class NodeType {
  @Field(() => ID, { description: 'A TypeID: a prefix that names the kind, `_`, and 26 characters. It never changes.' })
  id!: string;
}
