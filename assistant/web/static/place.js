// Once for each place that shows answers (#conversation, #checked): `element`, `props`, `watch` and `trigger` are Gradio's.
const turns = element.querySelector(".turns");
watch("value", () => window.assistantPage.apply(turns, props.value));
if (element.closest("#conversation")) window.assistantPage.gradio({
  ask: (told) => trigger("ask", told), restore: (told) => trigger("restore", told), earlier: (told) => trigger("earlier", told), fresh: (told) => trigger("fresh", told),
});
