/** A reference to the environment that cannot be followed. */
export interface InterpolationFault {
  /** Offset of the reference in the text. */
  index: number;
  message: string;
}

export interface Interpolated {
  text: string;
  /** The variables that were named, in order. */
  variables: string[];
  faults: InterpolationFault[];
}

export type Environment = Readonly<Record<string, string | undefined>>;

// In order: an escape, a whole reference, and the beginning of a broken one.
const REFERENCE = /\$\$\{|\$\{([A-Za-z_][A-Za-z0-9_]*)(?::-([^{}]*))?\}|\$\{/g;

/**
 * Puts the environment's values where the text names them: `${NAME}`, or `${NAME:-default}` for when it is unset or empty.
 * `$${` stands for the two characters themselves. A default holds no braces; values are not looked into again.
 */
export function interpolate(text: string, env: Environment): Interpolated {
  const variables: string[] = [];
  const faults: InterpolationFault[] = [];
  const result = text.replace(
    REFERENCE,
    (match: string, name: string | undefined, fallback: string | undefined, index: number) => {
      if (match === '$${') return '${';
      if (name === undefined) {
        faults.push({
          index,
          message: 'has a "${" that is not ${NAME} or ${NAME:-default}; write "$${" for the characters themselves',
        });
        return match;
      }
      variables.push(name);
      const value = env[name];
      if (fallback !== undefined) return value === undefined || value === '' ? fallback : value;
      if (value === undefined) {
        faults.push({
          index,
          message: `needs the environment variable ${name}, which is not set; set it, or give a default: \${${name}:-default}`,
        });
        return match;
      }
      return value;
    },
  );
  return { text: result, variables, faults };
}
