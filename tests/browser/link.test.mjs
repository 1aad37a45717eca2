// Links: what is shared opens elsewhere with the same numbers, with the data only where it was ticked, and nothing
// anybody puts into an address breaks the page or asks another host.
import assert from "node:assert/strict";
import jsQR from "jsqr";
import { IN_FIREFOX, complete, drop, field, loss, pageTest, region, setUp, standing, type, until, whole } from "./support.mjs";
import { csv } from "./tables.mjs";

const world = setUp();
const ratio = (page) => field(page, "Domain ratio").inputValue();
const dialog = (page) => page.getByRole("dialog", { name: "Share this view" });
const linked = (page) => page.getByText("Opened from a link: the data is not here.").waitFor({ state: "attached" });

async function setRatio(page, text) {
  await type(field(page, "Domain ratio"), text);
}

/** Opens the dialog and answers its link. */
async function share(page) {
  await page.getByRole("banner").getByRole("button", { name: "Share", exact: true }).click();
  await dialog(page).waitFor();
  return shared(page);
}

async function shared(page) {
  const text = dialog(page).getByRole("textbox", { name: "Link" });
  // Choosing the draws of a link takes seconds on a busy machine.
  await until("the link is made", async () => /view=\d+\./.test(await text.inputValue()), 120_000);
  return text.inputValue();
}

/** Opens an address in a browser that knows nothing, under the same watch. */
async function elsewhere(page, address, body) {
  const context = await page.context().browser().newContext({ viewport: { width: 1440, height: 900 } });
  const wrong = [];
  const fresh = await context.newPage();
  fresh.on("console", (message) => message.type() === "error" && wrong.push(message.text()));
  fresh.on("pageerror", (error) => wrong.push(error.message));
  context.on("request", (request) => {
    if (!request.url().startsWith(world.url) && !/^(blob|data):/.test(request.url())) wrong.push(`asked ${request.url()}`);
    if (request.method() !== "GET" || request.postData()) wrong.push(`sent something to ${request.url()}`);
    if (request.url().includes("view=")) wrong.push(`the view went over the network: ${request.url()}`);
  });
  try {
    await fresh.goto(address);
    await whole(fresh);
    await body(fresh);
    assert.deepEqual(wrong, []);
  } finally {
    await context.close();
  }
}

pageTest(world, "a link without the data opens elsewhere with the same numbers, and says what is missing", { timeout: 240_000 }, async (page) => {
  await drop(page, "mine.csv", csv());
  await complete(page, "mine.csv");
  await setRatio(page, "20 %");
  await region(page, "Explore").getByRole("button", { name: /^Pin/ }).click();
  const before = await loss(page, "Domain loss");
  const link = await share(page);
  assert.ok(link.length <= 4096 + world.url.length, `${link.length} characters`);
  assert.match(await dialog(page).innerText(), /64 paired draws/);
  await dialog(page).getByRole("img", { name: "QR code of the link" }).waitFor();
  await elsewhere(page, link, async (fresh) => {
    await linked(fresh);
    await standing(fresh);
    assert.match(await ratio(fresh), /^20/);
    const after = await loss(fresh, "Domain loss");
    assert.equal(after.value, before.value);
    assert.match(await region(fresh, "Fit").innerText(), /From a link: 64 of 1000 paired draws, seed 1/);
    // Sliders, chart and decisions live from the fit in the link.
    await setRatio(fresh, "60 %");
    await until("the slider works", async () => (await loss(fresh, "Domain loss")).value !== before.value);
    await until("decisions are answered", async () => /%/.test(await region(fresh, "Decide").innerText()));
    assert.match(await region(fresh, "Decide").innerText(), /Pin 1|Pinned/);
    // What needs the data says so, and nothing else changes.
    const law = fresh.getByRole("combobox", { name: "Law" });
    const fitted = await law.inputValue();
    await law.selectOption("chinchilla");
    await fresh.getByRole("alert").getByText("That needs the data.").waitFor();
    await until("the law is as it was", async () => (await law.inputValue()) === fitted);
    // A reload keeps what was moved.
    await fresh.waitForTimeout(1500);
    await fresh.reload();
    await whole(fresh);
    await linked(fresh);
    assert.match(await ratio(fresh), /^60/);
  });
});

pageTest(world, "while a link is made the dialog says how far it is, and an older link is not shown", { timeout: 240_000 }, async (page) => {
  await drop(page, "mine.csv", csv());
  await complete(page, "mine.csv");
  // What is said for a moment is noted inside the page.
  await page.evaluate(() => {
    window.said = [];
    new MutationObserver(() => {
      const text = document.getElementById("link-length")?.textContent;
      if (text && window.said.at(-1) !== text) window.said.push(text);
    }).observe(document.body, { subtree: true, childList: true, characterData: true });
  });
  const first = await share(page);
  assert.ok((await page.evaluate(() => window.said)).some((text) => /^Choosing 64 draws that keep the intervals: \d+ %\.$/.test(text)));
  // Other panels hidden: the same draws, at once.
  await dialog(page).getByText("Hide panels, for teaching").click();
  await dialog(page).getByRole("checkbox", { name: "Decisions" }).check();
  await until("the link follows", async () => ![first, ""].includes(await dialog(page).getByRole("textbox", { name: "Link" }).inputValue()));
  await dialog(page).getByRole("checkbox", { name: "Decisions" }).uncheck();
  await until("and comes back as it was", async () => (await dialog(page).getByRole("textbox", { name: "Link" }).inputValue()) === first);
});

/** What a decoder reads in the code that is shown, drawn four dots a square as a camera would see it. */
async function decoded(page) {
  const code = dialog(page).getByRole("img", { name: "QR code of the link" });
  await code.waitFor({ timeout: 120_000 });
  const { side, data } = await code.evaluate(async (svg) => {
    const side = 4 * svg.viewBox.baseVal.width;
    svg = svg.cloneNode(true);
    svg.setAttribute("width", side);
    svg.setAttribute("height", side);
    svg.setAttribute("xmlns", "http://www.w3.org/2000/svg");
    const picture = new Image();
    picture.src = `data:image/svg+xml,${encodeURIComponent(svg.outerHTML)}`;
    await picture.decode();
    const canvas = new OffscreenCanvas(side, side);
    const context = canvas.getContext("2d");
    context.drawImage(picture, 0, 0, side, side);
    return { side, data: [...context.getImageData(0, 0, side, side).data] };
  });
  return jsQR(new Uint8ClampedArray(data), side, side)?.data;
}

pageTest(world, "the code for cameras is the very link, or a shorter one of the same view", { timeout: 240_000 }, async (page) => {
  await setRatio(page, "30 %");
  const link = await share(page);
  assert.equal(await decoded(page), link);
  await dialog(page).getByRole("button", { name: "Done" }).click();
  await drop(page, "mine.csv", csv());
  await complete(page, "mine.csv");
  await setRatio(page, "20 %");
  const before = await loss(page, "Domain loss");
  const long = await share(page);
  const short = await decoded(page);
  assert.ok(short.startsWith(`${world.url}#view=2.`) && short.length < long.length, `${short?.length} of ${long.length}`);
  await elsewhere(page, short, async (fresh) => {
    await linked(fresh);
    await standing(fresh);
    assert.equal((await loss(fresh, "Domain loss")).value, before.value);
    assert.match(await ratio(fresh), /^20/);
  });
});

pageTest(world, "the link is copied by its button", {}, async (page) => {
  // Firefox lets no test read its clipboard: there what the page writes into it is kept beside.
  if (IN_FIREFOX) await page.evaluate(() => (navigator.clipboard.writeText = async (text) => void (window.copied = text)));
  else await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
  await setRatio(page, "30 %");
  const link = await share(page);
  await dialog(page).getByRole("button", { name: "Copy the link" }).press("Enter");
  await dialog(page).getByRole("status").getByText("Copied.").waitFor();
  assert.equal(await page.evaluate(() => window.copied ?? navigator.clipboard.readText()), link);
});

pageTest(world, "with the data ticked the file goes along, its size said before", { timeout: 240_000 }, async (page) => {
  await drop(page, "mine.csv", csv());
  await complete(page, "mine.csv");
  await setRatio(page, "20 %");
  const before = await loss(page, "Domain loss");
  const without = await share(page);
  const tick = dialog(page).getByRole("checkbox", { name: "With the data" });
  await dialog(page).getByText(/KB, packed into \d+ characters\. Whoever has the link has the data\./).waitFor();
  await tick.check();
  await until("the link has the data", async () => (await shared(page)) !== without);
  const link = await shared(page);
  await elsewhere(page, link, async (fresh) => {
    await complete(fresh, "mine.csv");
    const after = await loss(fresh, "Domain loss");
    assert.deepEqual([after.value, after.law], [before.value, before.law]);
    assert.match(await region(fresh, "Data").innerText(), /90 rows/);
  });
});

pageTest(world, "an example is shared by name; hidden panels are hidden, and can be shown", {}, async (page) => {
  await setRatio(page, "30 %");
  await share(page);
  await dialog(page).getByText("Hide panels, for teaching").click();
  const before = await shared(page);
  await dialog(page).getByRole("checkbox", { name: "Decisions" }).check();
  await until("the link follows", async () => (await shared(page)) !== before);
  const link = await shared(page);
  assert.ok(link.length < 600, `${link.length}`);
  await elsewhere(page, link, async (fresh) => {
    await standing(fresh);
    await until("the what-if is there", async () => /^30/.test(await ratio(fresh)));
    await until("the decisions are hidden", async () => !(await fresh.locator("#decide").isVisible()));
    await fresh.getByRole("button", { name: "Show every panel" }).click();
    await region(fresh, "Decide").waitFor();
  });
});

pageTest(world, "a hash that is broken, newer or hostile is said, and the page opens as usual", { opened: false, timeout: 240_000 }, async (page) => {
  const said = [
    ["#view=1.garbage", /cut off or changed/],
    ["#view=9.AAAA", /newer version/],
    [`#view=1.${"A".repeat(200_000)}`, /cut off or changed/],
    ["#view=<img src=x onerror=alert(1)>", /cut off or changed/],
  ];
  for (const [hash, words] of said) {
    await page.goto("about:blank");
    await page.goto(world.url + hash);
    await whole(page);
    await standing(page);
    await page.getByRole("alert").getByText(words).waitFor();
  }
});

pageTest(world, "a file of the same site opens by its path; another host is never asked", { opened: false, timeout: 240_000 }, async (page) => {
  await page.goto(`${world.url}?csv=assets/examples/generated-grid.csv`);
  await whole(page);
  await complete(page, "generated-grid.csv");
  for (const address of ["https://example.com/runs.csv", "//example.com/runs.csv", "http://user@example.com/a.csv"]) {
    await page.goto("about:blank");
    await page.goto(`${world.url}?csv=${encodeURIComponent(address)}`);
    await whole(page);
    await standing(page);
    await page.getByRole("alert").getByText(/this page asks no other host for anything\. Fetch it yourself, then drop the file here or paste its text/).waitFor();
  }
});

pageTest(world, "embedded, only the panels asked for are there", { opened: false }, async (page) => {
  await page.goto(`${world.url}?panels=explore`);
  await whole(page);
  await standing(page);
  await until("the bar is gone", async () => !(await page.getByRole("banner").isVisible()));
  for (const id of ["intro", "data", "fit", "decide", "details"]) assert.equal(await page.locator(`#${id}`).isVisible(), false, id);
  assert.ok(await page.locator("#explore").isVisible());
});
