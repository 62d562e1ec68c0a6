import type { ErrorCode } from '../../domain/errors.js';
import { defineEnum } from '../define-enum.js';

export const ErrorCodeEnum = defineEnum<ErrorCode>(
  'ErrorCode',
  'What went wrong, in a word. GraphQL errors carry it as `extensions.code`, and `extensions.path` says where in the input. New values may come: treat one that you do not know as INTERNAL_SERVER_ERROR.',
  {
    BAD_USER_INPUT: 'The input breaks a rule; the message says which, and what would be right. Sending it again unchanged is of no use.',
    UNAUTHENTICATED: 'No API key, or one that is not known.',
    FORBIDDEN: 'The key is known, its role does not allow this.',
    NOT_FOUND: 'There is no such thing, or it belongs to another tenant.',
    CONFLICT: 'It collides with what is there: another version, a live twin, an idempotency key used with other input.',
    PAYLOAD_TOO_LARGE: 'More bytes than `limits.max_upload` or the server allows.',
    UNSUPPORTED_MEDIA: 'The bytes are of no type that is known here.',
    CONTENT_MISMATCH: 'The uploaded bytes are not as declared: hash, size or type.',
    UPLOAD_EXPIRED: 'The upload session is over; create a new one.',
    CURSOR_EXPIRED: 'The cursor is too old; begin again without it.',
    NOT_RESTORED: 'The bytes lie in an archive and have to be restored first.',
    NOT_CONFIGURED: 'The feature is not set up here; `extensions.feature` and `extensions.setting` name it and what brings it.',
    DEPENDENCY_UNAVAILABLE: 'A part of the server did not answer; `extensions.dependency` names it, and trying again may help.',
    RATE_LIMITED: 'Too many requests for now.',
    TOO_COMPLEX: 'The operation asks for more than one request may cost; the message gives both numbers.',
    INTERNAL_SERVER_ERROR: 'A fault of the server. `extensions.requestId` finds it in the log.',
  },
);
