import { registerEnumType } from 'type-graphql';

/**
 * An enum of the API from a union of the domain. The compiler sees to it that each value is there and described; names
 * and values are the same, because defaults pass through SDL as names.
 */
export function defineEnum<Value extends string>(
  name: string,
  description: string,
  values: Record<Value, string>,
): { readonly [V in Value]: V } {
  const names = Object.keys(values) as Value[];
  const enumObject = Object.fromEntries(names.map((value) => [value, value])) as { [V in Value]: V };
  const valuesConfig = Object.fromEntries(names.map((value) => [value, { description: values[value] }]));
  registerEnumType(enumObject as Record<string, string>, { name, description, valuesConfig });
  return enumObject;
}
