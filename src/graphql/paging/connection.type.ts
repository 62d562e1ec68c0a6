import { Field, Int, ObjectType, type ClassType } from 'type-graphql';
import type { Page } from '../../domain/paging.js';
import { pageInfo, PageInfoType } from './page-info.type.js';

export interface Edge<Node> {
  cursor: string;
  node: Node;
}

export interface Connection<Node> {
  readonly edges: Edge<Node>[];
  readonly nodes: Node[];
  readonly pageInfo: PageInfoType;
  totalCount(): Promise<number | null>;
}

/**
 * The connection and edge types of a node type. Rows become nodes when edges or nodes are first asked for, and the
 * count is made only when its field is.
 * @param plural as in "a page of annotations"
 */
export function connectionType<Row, Node extends object>(
  name: string,
  plural: string,
  nodeType: ClassType<Node>,
  toNode: (row: Row) => Node,
): new (page: Page<Row>) => Connection<Node> {
  @ObjectType(`${name}Edge`, { simpleResolvers: true, description: `One of a page of ${plural}.` })
  class EdgeType implements Edge<Node> {
    @Field(() => String, { description: 'Opaque; for `after` and `before` of the same list.' })
    cursor!: string;

    @Field(() => nodeType)
    node!: Node;
  }

  @ObjectType(`${name}Connection`, { description: `A page of ${plural}.` })
  class ConnectionType implements Connection<Node> {
    #nodes: Node[] | null = null;

    constructor(readonly page: Page<Row>) {}

    @Field(() => [EdgeType], { description: 'The page with a cursor each, in order.' })
    get edges(): EdgeType[] {
      const { nodes } = this;
      return this.page.items.map(({ cursor }, i) => ({ cursor, node: nodes[i]! }));
    }

    @Field(() => [nodeType], { description: 'The page without cursors, in order.' })
    get nodes(): Node[] {
      return (this.#nodes ??= this.page.items.map((item) => toNode(item.node)));
    }

    @Field(() => PageInfoType)
    get pageInfo(): PageInfoType {
      const ends = this.page.items.length > 0 ? [this.page.items[0]!, this.page.items.at(-1)!] : [];
      return pageInfo({ ...this.page, cursors: ends.map((item) => item.cursor) });
    }

    @Field(() => Int, {
      nullable: true,
      description: 'How many the whole list has. Counted only when asked for; null where counting takes longer than 2 s.',
    })
    totalCount(): Promise<number | null> {
      return this.page.totalCount();
    }
  }
  return ConnectionType;
}
