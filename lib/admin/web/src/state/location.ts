// Where the page is: the address bar is the one place that says what is shown.
import {computed, signal} from '@preact/signals';

interface Place {
  path: string;
  query: string;  // without its question mark
  over: boolean;  // a log that lies over the list it was opened from
}

function here(): Place {
  const state = history.state as {over?: boolean} | null;
  return {path: location.pathname, query: location.search.slice(1), over: state?.over === true};
}

export const place = signal<Place>(here());
export const path = computed(() => place.value.path);
export const query = computed(() => place.value.query);

export function navigate(url: string, {replace = false, over = false} = {}) {
  if (url === location.pathname + location.search && over === place.value.over) return;
  history[replace ? 'replaceState' : 'pushState']({over}, '', url);
  place.value = here();
}

// The path with another query.
export function setQuery(text: string, replace = false) {
  navigate(text ? `${location.pathname}?${text}` : location.pathname, {replace, over: place.value.over});
}

// Whether a click on a link is one for us, and not for a new tab or another site.
function isOurs(event: MouseEvent, link: HTMLAnchorElement): boolean {
  return event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey && link.origin === location.origin &&
    !link.target && !link.hasAttribute('download') && !link.pathname.startsWith('/v1/') && !link.pathname.startsWith('/s/');
}

export function listen() {
  addEventListener('popstate', () => (place.value = here()));
  document.addEventListener('click', (event) => {
    const link = event.target instanceof Element ? event.target.closest('a') : null;
    if (!link || event.defaultPrevented || !isOurs(event, link)) return;
    event.preventDefault();
    if (link.hash) document.getElementById(link.hash.slice(1))?.focus();
    else navigate(link.pathname + link.search);
  });
}
