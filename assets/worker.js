// Starts the worker's WebAssembly module. The page sends the address of its JavaScript, whose name carries a hash.
self.onmessage = async ({ data: engine }) => {
  self.onmessage = null;
  const { default: init } = await import(engine);
  await init();
};
self.postMessage("loaded");
