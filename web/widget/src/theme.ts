// Colours of the workspace, and those that go with them so that everything stays readable.
import type { State } from "./state";

type Rgb = [number, number, number];

const DARK: Rgb = [28, 31, 36];
const BLACK: Rgb = [0, 0, 0];
const WHITE: Rgb = [255, 255, 255];
const READABLE = 4.5; // WCAG 2.2, 1.4.3: contrast of text

// Any CSS colour as numbers, as the browser understands it; null for what is none.
function rgb(color: string): Rgb | null {
  const context = document.createElement("canvas").getContext("2d");
  if (!context || !CSS.supports("color", color)) return null;
  context.fillStyle = color;
  context.fillRect(0, 0, 1, 1);
  const [red = 0, green = 0, blue = 0] = context.getImageData(0, 0, 1, 1).data;
  return [red, green, blue];
}

// WCAG 2.2: relative luminance and contrast ratio.
function luminance(color: Rgb): number {
  const [red, green, blue] = color.map((value) => {
    const share = value / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  }) as Rgb;
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(one: Rgb, two: Rgb): number {
  const [light, dark] = [luminance(one), luminance(two)].sort((a, b) => b - a) as [number, number];
  return (light + 0.05) / (dark + 0.05);
}

// White if that can be read; where it cannot, black always can.
const on = (back: Rgb): Rgb =>
  [WHITE, DARK].find((color) => contrast(color, back) >= READABLE) ?? BLACK;
const css = (color: Rgb): string => `rgb(${color.join(" ")})`;

// The colour itself, or as dark a shade of it as can be read on white.
function ink(color: Rgb): Rgb {
  let shade = color;
  while (contrast(shade, WHITE) < READABLE) {
    shade = shade.map((value) => Math.floor(value * 0.9)) as Rgb;
  }
  return shade;
}

export function applyTheme(state: State): void {
  const { config, theme } = state;
  if (!config) return;
  const configured = config.online ? config.theme?.color : config.theme?.offlineColor;
  const accent = rgb(theme.color || configured || "") ?? [193, 39, 45];
  const guest = rgb(theme.guestBubbleBackgroundColor || "") ?? accent;
  const agent = rgb(theme.agentBubbleBackgroundColor || "") ?? WHITE;
  const values: Record<string, string> = {
    "--accent": css(accent),
    "--on-accent": theme.fontColor || css(on(accent)),
    "--icon": theme.iconColor || theme.fontColor || css(on(accent)),
    "--ink": css(ink(accent)),
    "--guest": css(guest),
    "--on-guest": css(on(guest)),
    "--agent": css(agent),
    "--on-agent": css(agent === WHITE ? DARK : on(agent)),
  };
  const { style } = document.documentElement;
  for (const [name, value] of Object.entries(values)) style.setProperty(name, value);
}

export const position = (state: State) => state.theme.position ?? state.config?.theme?.position;
