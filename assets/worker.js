// Starts the page's own WebAssembly module a second time, as the worker that reads and fits. The page sends the address
// of the glue module (its name carries a hash) and the module it has compiled already, so nothing is compiled twice.
self.onmessage = async ({ data: { glue, module } }) => {
  self.onmessage = null;
  const { default: init } = await import(glue);
  await init({ module_or_path: module });
};
self.postMessage("loaded");
