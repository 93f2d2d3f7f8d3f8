// Before anything is painted: the theme that was chosen here, if it is not the system's.
try {
  const theme = localStorage.getItem('pk-theme');
  if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme;
} catch {
  // Storage may be shut off; then it is the system's.
}
// And the first page of the list, asked for while the script is still read (api/client.ts takes it).
if (location.pathname === '/' && !location.search) {
  const path = '/v1/logs?limit=100';
  window.pkEarly = {path, response: fetch(path, {headers: {accept: 'application/json'}, cache: 'no-store'})};
}
