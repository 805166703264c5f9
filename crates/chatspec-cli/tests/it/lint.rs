//! Mistakes in fixtures: each is named with file, line and column, and with what is allowed there.

use std::path::PathBuf;

use tempfile::TempDir;

use crate::program::{Ran, chatspec};
use crate::suite;

/// Lines 1 to 5 of every fixture here: what follows starts in line 6.
const HEAD: &str = "id: chat/x\ntitle: X\nrules: [chat.room]\nparticipants: [ada, bob]\nsteps:\n";
/// A step that is right.
const GOOD: &str = "  - exchange: {from: ada, to: [bob]}\n";

/// A folder with data and one more fixture.
struct Broken {
    data: TempDir,
    path: PathBuf,
}

impl Broken {
    fn new(text: &str) -> Broken {
        let data = suite::data(&["chat/room"]);
        let path = data.path().join("fixtures/conversations/chat/x.yaml");
        suite::write(&path, text);
        Broken { data, path }
    }

    async fn lint(&self) -> Ran {
        let data = self.data.path().display().to_string();
        chatspec(["lint", "--data", &data, &self.path.display().to_string()]).await
    }
}

/// Lints a fixture with these steps: exit 2, with the place, and each of these words.
async fn steps(steps: &str, place: &str, says: &[&str]) {
    broken(&format!("{HEAD}{steps}"), place, says).await;
}

async fn broken(text: &str, place: &str, says: &[&str]) {
    let broken = Broken::new(text);
    let place = format!("{}:{place}", broken.path.display());
    broken
        .lint()
        .await
        .exits(2)
        .complains(&[&place])
        .complains(says);
}

#[tokio::test]
async fn what_is_right_is_said_to_be_right() {
    let good = Broken::new(&format!("{HEAD}{GOOD}"));
    good.lint()
        .await
        .exits(0)
        .says(&["1 fixture: nothing to say"]);
}

#[tokio::test]
async fn unknown_keys() {
    let allowed = "expected one of by, send, emit, batch,";
    let step = format!("{GOOD}  - by: ada\n    sent: {{event: users}}\n");
    steps(&step, "8:5: ", &["`sent`", allowed]).await;
    let head = HEAD.replace("title", "titel");
    let allowed = "expected one of id, title, profile, rules,";
    broken(&format!("{head}{GOOD}"), "2:1: ", &["`titel`", allowed]).await;
}

#[tokio::test]
async fn two_acts_in_a_step_or_none() {
    let two = format!("{GOOD}  - by: ada\n    send: {{}}\n    drop: close\n");
    steps(&two, "7:", &["`send` and `drop`", "one act a step"]).await;
    let none = format!("{GOOD}  - by: ada\n");
    steps(&none, "7:5: ", &["does nothing"]).await;
}

#[tokio::test]
async fn unknown_rules() {
    let meant = "`chat.no-ecco` is no rule of the spec; did you mean `chat.no-echo`?";
    steps(
        &format!("{GOOD}{GOOD}    rule: chat.no-ecco\n"),
        "7:5: ",
        &[meant],
    )
    .await;
    let head = HEAD.replace("chat.room", "chat.rom");
    let meant = "`chat.rom` is no rule of the spec; did you mean `chat.room`?";
    broken(&format!("{head}{GOOD}"), "3:9: ", &[meant]).await;
    let head = HEAD.replace("chat.room", "ack.always");
    let profile = "`ack.always` is a rule of hardened, the fixture of core";
    broken(&format!("{head}{GOOD}"), "3:9: ", &[profile]).await;
}

#[tokio::test]
async fn unknown_participants() {
    let known = "`eve` is no participant; there are ada, bob";
    steps(
        &format!("{GOOD}  - by: eve\n    send: {{}}\n"),
        "7:5: ",
        &[known],
    )
    .await;
    steps("  - enter: {who: [ada, eve]}\n", "6:5: ", &[known]).await;
    let heard = "  - by: ada\n    send: {}\n    expect: [{to: [eve], must: {type: chat}}]\n";
    steps(&format!("{GOOD}{heard}"), "7:5: ", &[known]).await;
}

#[tokio::test]
async fn silence_without_a_control() {
    let silence =
        "  - by: ada\n    send: {event: chat, text: $nonce}\n    expect: [{to: [bob], not: {}}]\n";
    let mend = "add an `exchange` that another participant hears";
    let before = "silence without a positive control before it";
    steps(&format!("{silence}{GOOD}"), "6:5: ", &[before, mend]).await;
    let after = "silence without a positive control after it";
    steps(&format!("{GOOD}{silence}"), "7:5: ", &[after, mend]).await;
    let nobody = "no step is observed by anybody but its actor: a mute server would pass";
    steps(silence, "6:5: ", &[nobody]).await;
}

#[tokio::test]
async fn unknown_variables_and_operators() {
    let unknown = format!("{GOOD}  - by: ada\n    send: {{event: users, room: $rooom}}\n");
    let known = "unknown variable `$rooom`; known here: ada, bob,";
    steps(&unknown, "7:5: ", &[known, "room"]).await;
    let operator =
        "  - by: ada\n    send: {}\n    expect: [{to: [ada], may: {type: {$some: x}}}]\n";
    let known = "`$some` is no operator; there are $any, $oneOf,";
    steps(&format!("{GOOD}{operator}"), "7:5: ", &[known]).await;
}

#[tokio::test]
async fn values_of_the_wrong_kind() {
    let list = "`enter` takes keys and values, such as `enter: {who: [ada, bob]}`";
    steps("  - enter: ada\n", "6:12: ", &[list]).await;
    steps("  - enter: [ada]\n", "6:12: ", &[list]).await;
    let who = "`who` takes a list, such as `who: [ada, bob]`";
    steps("  - enter: {who: ada}\n", "6:18: ", &[who]).await;
    let from = "`from` takes one text, such as `from: ada`";
    steps(
        "  - exchange: {from: [ada], to: [bob]}\n",
        "6:22: ",
        &[from],
    )
    .await;
    let head = HEAD.replace("[ada, bob]", "ada");
    let people = "`participants` takes a list";
    broken(&format!("{head}{GOOD}"), "4:15: ", &[people]).await;
}

#[tokio::test]
async fn no_yaml() {
    steps("  - exchange: {from: ada, to: [bob}\n", "6:", &["'['"]).await;
    steps(&format!("{GOOD} - by: ada\n"), "7:2: ", &["block mapping"]).await;
}

#[tokio::test]
async fn an_id_that_is_not_the_path() {
    let head = HEAD.replace("chat/x", "chat/y");
    let both = "the id is `chat/y`, the path says `chat/x`";
    broken(&format!("{head}{GOOD}"), "1:5: ", &[both]).await;
}

#[tokio::test]
async fn all_mistakes_are_told_at_once() {
    let head = HEAD.replace("chat.room", "chat.rom");
    let step = "  - by: ada\n    send: {event: users, room: $rooom}\n";
    let both = ["`chat.rom`", "`$rooom`"];
    broken(&format!("{head}{step}{GOOD}"), "6:5: ", &both).await;
}

#[tokio::test]
async fn a_broken_fixture_stops_every_other_command() {
    let broken = Broken::new(&format!("{HEAD}  - by: ada\n    sent: {{}}\n"));
    let place = "fixtures/conversations/chat/x.yaml:7:5: ";
    let data = broken.data.path().display().to_string();
    for command in [
        ["test", "--case", "chat/room@websocket"].as_slice(),
        &["list"],
        &["explain", "chat.room"],
    ] {
        let args = command.iter().copied().chain(["--data", &data]);
        chatspec(args).await.exits(2).complains(&[place, "`sent`"]);
    }
}

#[tokio::test]
async fn files_that_are_not_there() {
    let data = suite::data(&[]);
    let folder = data.path().display().to_string();
    chatspec(["lint", "--data", &folder, "no-such.yaml"])
        .await
        .exits(2)
        .in_one_line()
        .complains(&["no-such.yaml"]);
    // A folder without a fixture: nothing was checked, and that is not well.
    chatspec(["lint", "--data", &folder, &folder])
        .await
        .exits(4)
        .in_one_line()
        .complains(&["no .yaml file"]);
    chatspec(["list", "--data", "no-such-folder"])
        .await
        .exits(2)
        .in_one_line()
        .complains(&["no-such-folder", "cargo xtask codegen"]);
}

#[tokio::test]
async fn scripts_for_clients_are_linted_wherever_they_lie() {
    let folder = TempDir::new().expect("a folder");
    // The name of a folder makes no script of a conversation.
    let conversation = folder.path().join("chat-client/x.yaml");
    suite::write(&conversation, &format!("{HEAD}{GOOD}"));
    let script = folder.path().join("mine.yaml");
    let good = "about: x\nsteps:\n  - {accept: true, rule: client.opens}\n";
    suite::write(&script, good);
    let [conversation, script] = [conversation, script].map(|path| path.display().to_string());
    chatspec(["lint", &conversation, &script])
        .await
        .exits(0)
        .says(&["2 fixtures: nothing to say"]);
    suite::write(
        std::path::Path::new(&script),
        &good.replace("client.opens", "chat.room"),
    );
    let mend = "no rule `chat.room` binds clients";
    chatspec(["lint", &conversation, &script])
        .await
        .exits(2)
        .complains(&[&format!("{script}:3:"), mend]);
}

#[tokio::test]
async fn a_script_for_clients_is_played_on_no_server() {
    let folder = TempDir::new().expect("a folder");
    let script = folder.path().join("mine.yaml");
    suite::write(
        &script,
        "about: x\nsteps:\n  - {accept: true, rule: client.opens}\n",
    );
    chatspec(["test", "--fixtures", &script.display().to_string()])
        .await
        .exits(2)
        .complains(&["is played by `chatspec test-client`"]);
}
