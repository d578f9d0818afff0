// What HTML and htmx cannot say by themselves: a page that no longer hears from the server must not look alive, and a
// page nobody looks at does not ask.
const live = () => document.getElementById("live");
const offline = () => document.getElementById("offline");
const isPoll = (event) => event.detail?.ctx?.sourceElement === live();

document.addEventListener("htmx:before:request", (event) => {
  if (isPoll(event) && document.hidden) event.preventDefault();
});

function silent(event) {
  if (!isPoll(event)) {
    const form = event.detail?.ctx?.sourceElement?.closest?.("#ask");
    if (form && !event.detail.ctx.response) {
      document.getElementById("answer").textContent = "Cardea did not answer. Check that it is running, then ask again.";
    }
    return;
  }
  offline().hidden = false;
}

document.addEventListener("htmx:error", silent);
document.addEventListener("htmx:response:error", silent);
document.addEventListener("htmx:after:swap", (event) => {
  if (isPoll(event) && event.detail.ctx.response.status < 400) offline().hidden = true;
});

// Back in view: look at once instead of after the next interval.
document.addEventListener("visibilitychange", () => {
  if (!document.hidden) live()?.dispatchEvent(new Event("look"));
});
