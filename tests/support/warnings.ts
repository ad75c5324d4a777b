/** Process warnings, heard instead of printed by chance. */
import process from "node:process";

/** Resolves with the next warning of the library whose message says `text`. */
export function warned(text: string): Promise<Error & { detail?: string }> {
  return new Promise((resolve) => {
    const listen = (warning: Error): void => {
      if (warning.name !== "WhorlWarning") return;
      if (!warning.message.includes(text)) return;
      process.off("warning", listen);
      resolve(warning);
    };
    process.on("warning", listen);
  });
}
