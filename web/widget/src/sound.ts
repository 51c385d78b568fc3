// The sound of a message that arrives.
import { get } from "./state";

let player: HTMLAudioElement | null = null;

export function chime(): void {
  const { silent, config } = get();
  const source = config?.resources?.sound;
  if (silent || !source) return;
  player ??= new Audio(source);
  player.currentTime = 0;
  // Browsers allow no sound before the visitor has touched the page.
  player.play().catch(() => {});
}
