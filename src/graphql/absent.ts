/** An explicit null in an input counts as left out, unless its field says otherwise. */
export const given = <T>(value: T | null | undefined): T | undefined => value ?? undefined;
