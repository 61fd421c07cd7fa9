// Run ids are 32 hex digits, random at the end; links write the last ten.

export const SHORT = 10

export function shortId(id: string): string {
  return id.length > SHORT ? id.slice(-SHORT) : id
}
