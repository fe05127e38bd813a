// Whoever comes back from a passage finds the mark that led to it.
addEventListener("click", (event) => {
  const mark = event.target.closest?.("a.mark");
  if (!mark) return;
  document.querySelector(".came")?.classList.remove("came");
  mark.classList.add("came");
  history.replaceState(null, "", "#" + encodeURI(mark.id));
});
