// Sets the theme that was chosen before anything is painted.
(function () {
  try {
    var theme = localStorage.getItem("quarry-theme");
    if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
  } catch (error) {
    // Storage may be closed to pages on disk: the system's theme is used.
  }
})();
