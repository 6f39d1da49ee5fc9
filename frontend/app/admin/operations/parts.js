// @ts-check
/** Fragments that operations of the staff's pages share. */

export const MoneyParts = /* GraphQL */ `fragment MoneyParts on Money { amount currency }`;
export const ErrorParts = /* GraphQL */ `fragment ErrorParts on UserError { code message field }`;
