/** Plain functions: nothing here knows that a pool calls it. */

export const square = (n: number): number => n * n;

export async function greet(name: string): Promise<string> {
  return await Promise.resolve(`Hello, ${name}`);
}
