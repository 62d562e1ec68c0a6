import {
  getNamedType, isCompositeType, isListType, isNonNullType, isObjectType, Kind, type ArgumentNode, type DocumentNode, type FieldNode,
  type GraphQLField, type GraphQLOutputType, type GraphQLSchema, type GraphQLType, type OperationDefinitionNode, type SelectionSetNode,
} from 'graphql';
import { tooComplex } from '../domain/errors.js';
import { DEFAULT_PAGE_SIZE, MAX_PAGE_SIZE } from '../domain/paging.js';

export interface OperationLimits {
  /** Fields within fields. */
  maxDepth: number;
  maxAliases: number;
  /** See `measureOperation`. */
  maxCost: number;
}

export interface OperationSize {
  cost: number;
  depth: number;
  aliases: number;
}

type Variables = Readonly<Record<string, unknown>>;

/** What a list without an argument for its size is taken to hold: embeddings, matches, facets. */
const USUAL_LIST = 10;
/** Fields that cost more than reading a row: they embed, rank, fetch from the vector store, or answer a whole book. */
const EXPENSIVE: Readonly<Record<string, number>> = { 'Query.search': 10, 'SavedSearch.results': 10, 'Query.recommend': 10, 'Query.duplicateGroups': 50, 'DataObject.duplicates': 2, 'DataObject.similar': 10, 'Embedding.vector': 5, 'DataObject.text': 200 };
/** Arguments that say how many items a list will have. */
const LIST_ARGUMENTS = ['ids', 'representations', 'input', 'partNumbers'];

/** @throws TOO_COMPLEX with both numbers */
export function checkOperation(size: OperationSize, limits: OperationLimits): void {
  const rules = [
    [size.depth, limits.maxDepth, (has: string, max: string) => `This operation nests ${has} fields deep; at most ${max} are allowed.`],
    [size.aliases, limits.maxAliases, (has: string, max: string) => `This operation has ${has} aliases; at most ${max} are allowed.`],
    [
      size.cost,
      limits.maxCost,
      (has: string, max: string) => `This operation costs ${has}; at most ${max} are allowed. Ask for fewer items at once, or for less of each.`,
    ],
  ] as const;
  for (const [has, max, sentence] of rules) {
    if (has > max) throw tooComplex(sentence(has.toLocaleString('en'), max.toLocaleString('en')));
  }
}

/**
 * How much an operation asks for, with its variables. Cost counts things: 1 for each object, what `EXPENSIVE` says
 * for some fields, and everything below a list times its length (`first`, `last`, or the list in its arguments).
 * Introspection is free here: graphql-js bounds it by a rule of its own. The document must be valid.
 */
export function measureOperation(schema: GraphQLSchema, document: DocumentNode, operation: OperationDefinitionNode, variables: Variables): OperationSize {
  const root = schema.getRootType(operation.operation);
  if (!root) return NOTHING;
  const defaults = Object.fromEntries(
    (operation.variableDefinitions ?? []).map((definition) => [definition.variable.name.value, literal(definition.defaultValue)]),
  );
  return new Measurement(schema, document, { ...defaults, ...variables }).selections(operation.selectionSet, root, 1);
}

const NOTHING: OperationSize = { cost: 0, depth: 0, aliases: 0 };

class Measurement {
  readonly #fragments = new Map<string, { on: string; selections: SelectionSetNode }>();
  /** A fragment spread many times, or within others, is measured once. */
  readonly #known = new Map<string, OperationSize>();

  constructor(
    readonly schema: GraphQLSchema,
    document: DocumentNode,
    readonly variables: Variables,
  ) {
    for (const definition of document.definitions) {
      if (definition.kind !== Kind.FRAGMENT_DEFINITION) continue;
      this.#fragments.set(definition.name.value, { on: definition.typeCondition.name.value, selections: definition.selectionSet });
    }
  }

  /** @param items how many items the edges and nodes of a connection will have, where `parent` is one */
  selections(set: SelectionSetNode, parent: GraphQLType, items: number): OperationSize {
    const total = { cost: 0, depth: 0, aliases: 0 };
    for (const selection of set.selections) {
      const size =
        selection.kind === Kind.FIELD
          ? this.#field(selection, parent, items)
          : selection.kind === Kind.INLINE_FRAGMENT
            ? this.selections(selection.selectionSet, this.#typeNamed(selection.typeCondition?.name.value) ?? parent, items)
            : this.#fragment(selection.name.value, items);
      total.cost += size.cost;
      total.aliases += size.aliases;
      total.depth = Math.max(total.depth, size.depth);
    }
    return total;
  }

  #fragment(name: string, items: number): OperationSize {
    const key = `${name} ${items}`;
    const known = this.#known.get(key);
    if (known) return known;
    const fragment = this.#fragments.get(name);
    const type = fragment && this.#typeNamed(fragment.on);
    const size = fragment && type ? this.selections(fragment.selections, type, items) : NOTHING;
    this.#known.set(key, size);
    return size;
  }

  #field(node: FieldNode, parent: GraphQLType, items: number): OperationSize {
    const aliases = node.alias ? 1 : 0;
    const field = 'getFields' in parent ? (parent.getFields() as Record<string, GraphQLField<unknown, unknown>>)[node.name.value] : undefined;
    if (!field) return { cost: 0, depth: 1, aliases };
    const type = getNamedType(field.type);
    const own = EXPENSIVE[`${String(parent)}.${node.name.value}`] ?? 0;
    if (!node.selectionSet || !isCompositeType(type)) return { cost: own, depth: 1, aliases };
    const connection = isConnection(type);
    const length = connection ? this.#pageSize(node, field) : isList(field.type) ? this.#listLength(node, parent, items) : 1;
    const below = this.selections(node.selectionSet, type, connection ? length : 1);
    const times = connection ? 1 : length;
    return { cost: own + times * (1 + below.cost), depth: 1 + below.depth, aliases: aliases + below.aliases };
  }

  #pageSize(node: FieldNode, field: GraphQLField<unknown, unknown>): number {
    const size = this.#argument(node, 'last') ?? this.#argument(node, 'first');
    const usual = field.args.find((arg) => arg.name === 'first')?.defaultValue ?? DEFAULT_PAGE_SIZE;
    // What is out of bounds is refused later, with a better message.
    return typeof size === 'number' ? Math.min(Math.max(size, 0), MAX_PAGE_SIZE) : Number(usual);
  }

  #listLength(node: FieldNode, parent: GraphQLType, items: number): number {
    if (isConnection(parent) && (node.name.value === 'edges' || node.name.value === 'nodes')) return items;
    for (const name of LIST_ARGUMENTS) {
      const list = this.#argument(node, name);
      if (Array.isArray(list)) return list.length;
    }
    return USUAL_LIST;
  }

  #argument(node: FieldNode, name: string): unknown {
    const argument = node.arguments?.find((given) => given.name.value === name);
    return argument && this.#valueOf(argument);
  }

  #valueOf({ value }: ArgumentNode): unknown {
    return value.kind === Kind.VARIABLE ? this.variables[value.name.value] : literal(value);
  }

  #typeNamed(name: string | undefined): GraphQLType | undefined {
    return name === undefined ? undefined : this.schema.getType(name);
  }
}

/** Numbers and the lengths of lists are all that is counted. */
function literal(node: ArgumentNode['value'] | undefined): unknown {
  if (node?.kind === Kind.INT) return Number(node.value);
  if (node?.kind === Kind.LIST) return node.values;
  return undefined;
}

const isConnection = (type: GraphQLType) => isObjectType(type) && type.name.endsWith('Connection');

const isList = (type: GraphQLOutputType): boolean => isListType(type) || (isNonNullType(type) && isList(type.ofType as GraphQLOutputType));
