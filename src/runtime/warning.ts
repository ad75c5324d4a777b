/** Things the program should hear of and no promise can carry. */

/** Emits a process warning: `process.on("warning")` hears it, else it is printed. */
export function warn(message: string, detail: string): void {
  process.emitWarning(message, { type: "WhorlWarning", detail });
}
