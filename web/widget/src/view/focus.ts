// Keeping the focus where the visitor is.
import type { RefObject } from "preact";
import { useEffect } from "preact/hooks";

const FOCUSABLE = "button:not([disabled]), [href], input, select, textarea, [tabindex='0']";

// Hold the focus within an element while it is there, and give it back afterwards.
export function useFocusTrap(box: RefObject<HTMLElement | null>, close: () => void): void {
  useEffect(() => {
    const element = box.current;
    const before = document.activeElement as HTMLElement | null;
    if (!element) return;
    const all = () => [...element.querySelectorAll<HTMLElement>(FOCUSABLE)];
    (element.querySelector<HTMLElement>("[data-first]") ?? all()[0])?.focus();
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.key === "Escape") {
        event.preventDefault();
        close();
      }
      if (event.key !== "Tab") return;
      const [first, last] = [all()[0], all()[all().length - 1]];
      const leaving = event.shiftKey ? first : last;
      if (document.activeElement === leaving) {
        event.preventDefault();
        (event.shiftKey ? last : first)?.focus();
      }
    };
    element.addEventListener("keydown", onKeyDown);
    return () => {
      element.removeEventListener("keydown", onKeyDown);
      const still = before?.isConnected && before !== document.body ? before : null;
      (still ?? document.querySelector<HTMLElement>("[data-first], .menu button"))?.focus();
    };
  }, []);
}

// A list or box that belongs to a button: closes by Escape and by a click elsewhere.
export function usePopover(
  box: RefObject<HTMLElement | null>,
  open: boolean,
  close: () => void,
): void {
  useEffect(() => {
    const element = box.current;
    if (!open || !element) return;
    element.querySelector<HTMLElement>("[role=menuitem], [data-first]")?.focus();
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.key !== "Escape") return;
      event.preventDefault();
      close();
      element.querySelector<HTMLElement>("[aria-expanded]")?.focus();
    };
    const onPointer = (event: Event) => {
      if (!element.contains(event.target as Node)) close();
    };
    const onFocus = (event: FocusEvent) => {
      if (event.relatedTarget && !element.contains(event.relatedTarget as Node)) close();
    };
    element.addEventListener("keydown", onKeyDown);
    element.addEventListener("focusout", onFocus);
    document.addEventListener("pointerdown", onPointer);
    return () => {
      element.removeEventListener("keydown", onKeyDown);
      element.removeEventListener("focusout", onFocus);
      document.removeEventListener("pointerdown", onPointer);
    };
  }, [open]);
}
