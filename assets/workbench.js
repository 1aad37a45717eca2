// Starts the whole page's WebAssembly module, whose name carries a hash and stands in the page's head.
const { content } = document.querySelector("meta[name=workbench]");
const { default: init } = await import(new URL(content, document.baseURI).href);
await init();
