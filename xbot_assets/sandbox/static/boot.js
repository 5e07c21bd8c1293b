// Runs before the app: when one of its scripts does not load, the failure notice becomes visible.
addEventListener(
  'error',
  (event) => {
    if (!(event.target instanceof HTMLScriptElement)) return;
    document.getElementById('ScriptLoadFailure').style.display = 'block';
    document.getElementById('placeholder').style.display = 'none';
  },
  true,
);
