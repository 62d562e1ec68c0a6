import { createHash, createHmac } from 'node:crypto';
import type { ServiceAddress } from './services.js';

/** Credentials for a while that may do only this, as the token service of S3 gives them out (AssumeRole, signed by hand: Signature Version 4). */
export async function lesserCredentials(
  address: ServiceAddress,
  actions: readonly string[],
): Promise<{ accessKeyId: string; secretAccessKey: string; sessionToken: string }> {
  const policy = {
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Action: actions, Resource: ['arn:aws:s3:::*'] }],
  };
  const body = new URLSearchParams({
    Action: 'AssumeRole',
    Version: '2011-06-15',
    DurationSeconds: '3600',
    Policy: JSON.stringify(policy),
  }).toString();
  const { host } = new URL(address.url);
  const time = new Date().toISOString().replace(/[-:]|\.\d+/g, '');
  const scope = [time.slice(0, 8), 'us-east-1', 'sts', 'aws4_request'];
  const headers = { 'content-type': 'application/x-www-form-urlencoded', host, 'x-amz-date': time };
  const signed = Object.keys(headers).join(';');
  const canonical = [
    'POST',
    '/',
    '',
    ...Object.entries(headers).map(([name, value]) => `${name}:${value}`),
    '',
    signed,
    sha256(body),
  ].join('\n');
  const key = scope.reduce<string | Buffer>((previous, part) => hmac(previous, part), `AWS4${address.secretKey}`);
  const signature = hmac(key, ['AWS4-HMAC-SHA256', time, scope.join('/'), sha256(canonical)].join('\n')).toString(
    'hex',
  );
  const answer = await fetch(address.url, {
    method: 'POST',
    headers: {
      ...headers,
      authorization: `AWS4-HMAC-SHA256 Credential=${address.accessKey}/${scope.join('/')}, SignedHeaders=${signed}, Signature=${signature}`,
    },
    body,
  });
  const text = await answer.text();
  const field = (name: string) => {
    const value = new RegExp(`<${name}>(.*?)</${name}>`).exec(text)?.[1];
    if (value === undefined) throw new Error(`the token service answered ${answer.status}: ${text}`);
    return value;
  };
  return {
    accessKeyId: field('AccessKeyId'),
    secretAccessKey: field('SecretAccessKey'),
    sessionToken: field('SessionToken'),
  };
}

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
const hmac = (key: string | Buffer, text: string) => createHmac('sha256', key).update(text).digest();
