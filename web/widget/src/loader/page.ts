// Noticing that the visitor has moved on within the page's site.
import type { Api } from "./api";

const EVERY = 800; // milliseconds: sites change address and title without saying so

export function watchPage(api: Api): void {
  let href = "";
  let title = "";
  const look = () => {
    if (location.href !== href) {
      href = location.href;
      api.pageVisited?.("url");
      api.setParentUrl?.(href);
    }
    if (document.title !== title) {
      title = document.title;
      api.pageVisited?.("title");
    }
  };
  look();
  setInterval(look, EVERY);
}
