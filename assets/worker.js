// Starts the worker's WebAssembly module. The page sends the address of its JavaScript, whose name carries a hash, and that
// of the module that turns workbooks (.xlsx, .xls, .ods) into text, which is fetched when somebody opens one.
self.onmessage = async ({ data: [engine, workbook] }) => {
  self.onmessage = null;
  self.workbookToText = async (bytes) => {
    const { default: init, to_text } = await import(workbook);
    await init();
    return to_text(bytes);
  };
  const { default: init } = await import(engine);
  await init();
};
self.postMessage("loaded");
