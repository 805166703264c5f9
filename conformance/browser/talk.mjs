// People who talk over the reference server, each in a window of their own.

import { deepStrictEqual, ok, strictEqual } from "node:assert";
import { it } from "node:test";
import { IMAGE_MAX, file, png } from "./files.mjs";

export function tests(world) {
  // Each play has names and a room of its own.
  const play = (title, count, acts) =>
    it(title, async () => {
      const cast = await world.cast.at(...Array(count).fill(world.server.url));
      await acts(...cast);
      cast.forEach((person) => person.isDone());
    });

  play("two talk, and leave", 2, async (ada, bob) => {
    await ada.join("ada", "two");
    // What is typed is in upper case at once.
    deepStrictEqual([await ada.page.inputValue("#username"), await ada.page.inputValue("#roomname")], ["ADA", "TWO"]);
    await bob.join("bob", "two");
    await ada.line("New User BOB joined room TWO");
    for (const label of ["Name", "Room"]) ok(!(await ada.page.getByLabel(label, { exact: true }).isEditable()), label);
    ok(await ada.button("Join").isDisabled());

    await ada.say("hello, Bob");
    await bob.line("ADAhello, Bob");
    await bob.say("  <b>hello</b> \u05d0  ");
    await ada.line("BOB<b>hello</b> \u05d0");
    await ada.button("Users").click();
    await ada.line("Users in room: ['ADA', 'BOB']");

    await bob.button("Leave").click();
    await ada.line("User BOB left room TWO");
    await bob.state("Connected; in no room");
    ok(await bob.page.getByLabel("Name").isEditable());
    await bob.say("anybody?");
    await bob.line("You are in no room. Join one first.");
    // What could not be sent can still be sent later.
    strictEqual(await bob.page.inputValue("#sendmsg"), "anybody?");
    deepStrictEqual(await ada.lines(), [
      "New User ADA joined room TWO",
      "New User BOB joined room TWO",
      "YOUhello, Bob",
      "BOB<b>hello</b> \u05d0",
      "Users in room: ['ADA', 'BOB']",
      "User BOB left room TWO",
    ]);
  });

  it("gets to a WebSocket under its own policy", async () => {
    const [ada] = await world.cast.at("about:blank");
    const [socket] = await Promise.all([ada.page.waitForEvent("websocket"), ada.open(world.server.url)]);
    const { payload } = await socket.waitForEvent("framereceived");
    // The answer to the probe of the client.
    strictEqual(payload, "3probe");
    ada.isDone();
  });

  play("a private message is for one, and marked", 3, async (ann, ben, cas) => {
    await ann.join("Ann", "three");
    await ben.join("Ben B", "three");
    await cas.join("Cas", "three");
    await ann.line("New User CAS joined room THREE");
    await ann.say("@cas psst");
    const line = await cas.line("privateANNpsst");
    ok((await line.getAttribute("class")).includes("private"));
    await ann.line("private to CASYOUpsst");
    await ann.say('@"ben b" you too');
    await ben.line("privateANNyou too");
    await ann.say("@nobody there");
    await ann.line("private to NOBODYYOUthere (not sent: There is no such user in this room.)");
    await ann.say("@cas");
    await ann.line("A private message is an @, a name, a space and the text: @NAME text");
    await ann.page.getByLabel("Message", { exact: true }).fill("");
    await ann.say("all of you");
    await Promise.all([ben.line("ANNall of you"), cas.line("ANNall of you")]);
    for (const lines of [await ben.lines(), await cas.lines()]) strictEqual(lines.filter((line) => /psst|you too/.test(line)).length, 1);
  });

  play("a refusal in words", 2, async (dan, another) => {
    await dan.join("Dan", "four");
    await another.page.getByLabel("Name").fill("dan");
    await another.page.getByLabel("Room", { exact: true }).fill("four");
    await another.button("Join").click();
    await another.line("This name is taken. Choose another one.");
    ok(await another.page.getByLabel("Name").isEditable());
    await dan.say("x".repeat(8_193));
    await dan.line("The text is too long: at most 8192 bytes can be sent.");
    // Once each: a refusal comes as an event and in the acknowledgement.
    deepStrictEqual(await another.lines(), ["This name is taken. Choose another one."]);
  });

  play("images: chosen, dropped, pasted", 2, async (eve, fay) => {
    await eve.join("Eve", "five");
    await fay.join("Fay", "five");
    const shown = fay.page.getByRole("img", { name: "Image from EVE" });
    await eve.page.setInputFiles("#imgfile", { name: "a.png", mimeType: "image/png", buffer: png() });
    await shown.nth(0).waitFor();
    await eve.page.getByRole("img", { name: "Image from you" }).waitFor();

    await file(eve.page, "drop", png(), "whatever.txt");
    await shown.nth(1).waitFor();
    await file(eve.page, "paste", png(), "image.png");
    await shown.nth(2).waitFor();
    await fay.page.waitForFunction(() => [...document.images].every((image) => image.complete && image.naturalWidth === 1));

    await file(eve.page, "drop", png({ more: IMAGE_MAX }), "large.png");
    await eve.line("large.png has 701 kB; an image may have at most 700 kB.");
    await file(eve.page, "drop", Buffer.from("<svg xmlns='http://www.w3.org/2000/svg'/>"), "sly.png");
    await eve.line("sly.png is no PNG, JPEG, GIF or WebP image. Nothing else can be sent.");
    // Whatever the page had let through would be here before this.
    await eve.say("that is all");
    await fay.line("EVEthat is all");
    strictEqual(await shown.count(), 3);
  });

  play("keyboard alone", 1, async (gus) => {
    const { keyboard } = gus.page;
    const focused = () => gus.page.evaluate(() => document.activeElement.id);
    await keyboard.press("Tab");
    strictEqual(await focused(), "username");
    await keyboard.type("gus");
    await keyboard.press("Tab");
    await keyboard.type("six");
    await keyboard.press("Enter");
    await gus.line("New User GUS joined room SIX");
    strictEqual(await focused(), "sendmsg");
    await keyboard.type("one");
    await keyboard.press("Shift+Enter");
    await keyboard.type("two");
    await keyboard.press("Enter");
    await gus.line("YOUone\ntwo");
    for (const id of ["chatbox", "btnUsers"]) {
      await keyboard.press("Shift+Tab");
      strictEqual(await focused(), id);
    }
    await keyboard.press("Space");
    await gus.line("Users in room: ['GUS']");
    await keyboard.press("Shift+Tab");
    await keyboard.press("Enter");
    await gus.state("Connected; in no room");
    strictEqual(await focused(), "username");
  });

  play("the server dies, and comes back", 2, async (hal, ida) => {
    await hal.join("Hal", "seven");
    await ida.join("Ida", "seven");
    await world.server.kill();
    for (const person of [hal, ida]) await person.line("The connection is lost. Trying to get it back.");
    await hal.say("too early");
    await hal.line("There is no connection. Send it when there is one again.");
    await world.server.restart();
    await Promise.all([hal.isIn(), ida.isIn()]);
    for (const person of [hal, ida]) await person.line(/Connected again after \d+ s\. What was said in the meantime is missing here\./);
    await hal.button("Send").click();
    await ida.line("HALtoo early");
    const lines = await ida.lines();
    ok(lines.findIndex((line) => line.startsWith("Connected again")) < lines.indexOf("HALtoo early"));
  });
}
