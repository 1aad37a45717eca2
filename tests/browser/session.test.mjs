// A reload loses nothing; two tabs and two deployments never meet; without storage nothing breaks.
import assert from "node:assert/strict";
import { complete, drop, field, kept, loss, pageTest, records, region, setUp, standing, type, until, whole } from "./support.mjs";
import { csv, grid } from "./tables.mjs";

const world = setUp();
const ratio = (page) => field(page, "Domain ratio").inputValue();
async function setRatio(page, text) {
  await type(field(page, "Domain ratio"), text);
}

pageTest(world, "a reload brings back the file and what was chosen, with a way to start afresh", {}, async (page) => {
  await drop(page, "mine.csv", csv());
  await complete(page, "mine.csv");
  await setRatio(page, "20 %");
  await page.getByRole("combobox", { name: "Law" }).selectOption("chinchilla");
  await complete(page, "mine.csv");
  const before = { ratio: await ratio(page), loss: await loss(page, "Domain loss") };
  await until("it is kept", async () => (await records(page)).some((r) => /chinchilla/.test(r.settings) && /mine\.csv/.test(JSON.stringify(r.source))));
  await page.reload();
  await whole(page);
  await complete(page, "mine.csv");
  await page.getByText("Restored mine.csv as you left it.").waitFor();
  assert.equal(await ratio(page), before.ratio);
  assert.equal(await page.getByRole("combobox", { name: "Law" }).inputValue(), "chinchilla");
  const after = await loss(page, "Domain loss");
  assert.deepEqual([after.value, after.law], [before.loss.value, before.loss.law]);
  // Twice is as good as once.
  await page.reload();
  await whole(page);
  await complete(page, "mine.csv");
  assert.equal(await ratio(page), before.ratio);
  await page.getByRole("button", { name: "Start afresh" }).click();
  await complete(page, "tiny-cpt.csv");
  await until("nothing is kept of it", async () => (await records(page)).length === 0);
  await page.reload();
  await whole(page);
  await standing(page);
  assert.match(await region(page, "Data").innerText(), /tiny-cpt\.csv/);
});

pageTest(world, "what was chosen on an example is kept, too", {}, async (page) => {
  await setRatio(page, "10 %");
  await until("it is kept", async () => (await records(page)).length === 1);
  await page.reload();
  await whole(page);
  await complete(page, "tiny-cpt.csv");
  assert.match(await ratio(page), /^10/);
});

pageTest(world, "two tabs keep a record each; a new tab is offered the newest", { timeout: 240_000 }, async (page) => {
  const context = page.context();
  await drop(page, "one.csv", csv());
  await complete(page, "one.csv");
  await until("the first is kept", async () => (await records(page)).length === 1);
  const other = await context.newPage();
  await other.goto(world.url);
  await whole(other);
  await standing(other);
  await other.getByText(/^Kept from .*: one\.csv, with what you chose\.$/).waitFor();
  await drop(other, "two.csv", csv(grid({ ratios: [0, 0.2, 0.5, 1] })));
  await complete(other, "two.csv");
  await until("both are kept", async () => (await records(other)).length === 2);
  await page.reload();
  await whole(page);
  await complete(page, "one.csv");
  await other.reload();
  await whole(other);
  await complete(other, "two.csv");
  // A third tab takes a copy; the one it came from stays as it is.
  const third = await context.newPage();
  await third.goto(world.url);
  await whole(third);
  await third.getByText(/^Kept from .*: two\.csv/).waitFor();
  await third.getByRole("button", { name: "Restore it" }).click();
  await complete(third, "two.csv");
  await setRatio(third, "20 %");
  await until("it has a record of its own", async () => (await records(third)).length === 3);
  await other.reload();
  await whole(other);
  await complete(other, "two.csv");
  assert.doesNotMatch(await ratio(other), /^20/);
});

pageTest(world, "another deployment on the same origin has a database of its own", { opened: false }, async (page) => {
  // The same folder under another path of the same host.
  const origin = new URL(world.url).origin;
  await page.route(`${origin}/another/**`, async (route) => {
    const address = route.request().url().replace(`${origin}/another/`, world.url);
    await route.fulfill({ response: await route.fetch({ url: address }) });
  });
  await page.goto(world.url);
  await whole(page);
  await drop(page, "here.csv", csv());
  await complete(page, "here.csv");
  await until("it is kept", async () => (await records(page)).length === 1);
  const names = Object.keys(await kept(page));
  assert.deepEqual(names, ["ratioscope:/some/sub/path/:sessions"]);
});

pageTest(world, "where storage is denied nothing breaks, and one sentence says so", { opened: false }, async (page) => {
  await page.addInitScript(() => {
    const denied = () => {
      throw new DOMException("denied", "SecurityError");
    };
    for (const name of ["indexedDB", "sessionStorage", "localStorage"]) Object.defineProperty(window, name, { get: denied });
  });
  await page.goto(world.url);
  await whole(page);
  await standing(page);
  assert.equal(await page.getByText("keeps nothing for this page").count(), 0, "nothing to lose yet");
  await drop(page, "mine.csv", csv());
  await complete(page, "mine.csv");
  await page.getByText("This browser keeps nothing for this page: a reload will lose your file and choices.").waitFor();
  assert.ok((await loss(page, "Domain loss")).law);
});

pageTest(world, "where storage is full nothing breaks, and one sentence says so", { opened: false }, async (page) => {
  await page.addInitScript(() => {
    IDBObjectStore.prototype.put = () => {
      throw new DOMException("full", "QuotaExceededError");
    };
  });
  await page.goto(world.url);
  await whole(page);
  await standing(page);
  await drop(page, "mine.csv", csv());
  await complete(page, "mine.csv");
  await page.getByText("This browser has no room left to keep your file and choices: a reload will lose them.").waitFor();
  await setRatio(page, "20 %");
  assert.match(await ratio(page), /^20/);
});
