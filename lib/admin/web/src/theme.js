// Before anything is painted: the theme that was chosen here, if it is not the system's.
try {
  const theme = localStorage.getItem('pk-theme');
  if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme;
} catch {
  // Storage may be shut off; then it is the system's.
}
