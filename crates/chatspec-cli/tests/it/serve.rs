//! `chatspec serve`: where its settings come from.

mod descriptors;

use std::process::Stdio;

use tokio::process::Command;

use crate::program::Ran;

/// Runs `chatspec serve` with variables of the environment, to its end.
async fn serve(args: &[&str], variables: &[(&str, &str)]) -> Ran {
    let mut command = Command::new(env!("CARGO_BIN_EXE_chatspec"));
    command
        .arg("serve")
        .args(args)
        .envs(variables.iter().copied())
        .stdin(Stdio::null())
        .kill_on_drop(true);
    Ran::of(command).await
}

#[tokio::test]
async fn a_flag_stands_above_a_variable_and_that_above_the_file() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("chat.toml");
    std::fs::write(
        &path,
        "headers = 10\nheader-bytes = 2_000\nidle-timeout = 3_000\n",
    )
    .expect("a file");
    let file = path.to_str().expect("UTF-8");
    let variables = [
        ("CHATSPEC_HEADERS", "11"),
        ("CHATSPEC_HEADER_BYTES", "2100"),
    ];
    let args = ["--config", file, "--headers", "12", "--print-config"];
    let expected = [
        "\nheaders = 12\n",
        "\nheader-bytes = 2100\n",
        "\nidle-timeout = 3000\n",
        "\nbody-timeout = 15000\n",
    ];
    let printed = serve(&args, &variables).await.exits(0).says(&expected);
    // What is printed is a file.
    std::fs::write(&path, &printed.stdout).expect("a file");
    let again = serve(&["--print-config"], &[("CHATSPEC_CONFIG", file)])
        .await
        .exits(0);
    assert_eq!(again.stdout, printed.stdout);
}

#[tokio::test]
async fn a_mistake_ends_it_with_2_and_says_where() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("chat.toml");
    std::fs::write(&path, "headers = 10\nheader = 2_000\n").expect("a file");
    let file = path.to_str().expect("UTF-8");
    let line = format!("{file}:2: there is no setting \"header\"");
    serve(&["--config", file], &[])
        .await
        .exits(2)
        .complains(&[&line, "--print-config"]);
    serve(&["--config", "nowhere.toml"], &[])
        .await
        .exits(2)
        .complains(&["nowhere.toml"]);
    serve(&["--headers", "1"], &[])
        .await
        .exits(2)
        .complains(&["--headers: 1 is out of bounds"]);
    serve(&[], &[("CHATSPEC_HEADRES", "64")])
        .await
        .exits(2)
        .complains(&["CHATSPEC_HEADRES"]);
    serve(&["--tls-cert", file], &[])
        .await
        .exits(2)
        .complains(&["tls-key"]);
    serve(&["--tls-cert", file, "--tls-key", file], &[])
        .await
        .exits(2)
        .complains(&["chat.toml", "PEM"]);
}

#[tokio::test]
async fn a_switch_needs_no_value() {
    let variables = [("CHATSPEC_LISTEN", "127.0.0.1:0")];
    let expected = ["\njson-logs = true\n", "\nlisten = \"127.0.0.1:0\"\n"];
    for flag in ["--json-logs", "--json-logs=true"] {
        let args = [flag, "--print-config"];
        serve(&args, &variables).await.exits(0).says(&expected);
    }
    let args = ["--json-logs=false", "--print-config"];
    serve(&args, &[("CHATSPEC_JSON_LOGS", "true")])
        .await
        .exits(0)
        .says(&["\njson-logs = false\n"]);
}

/// The documentation of the settings is what the program prints.
#[test]
fn the_documented_settings_are_those_that_there_are() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/serve.toml");
    assert!(
        std::fs::read_to_string(path).expect("a committed file")
            == chatspec_server::Config::default().to_toml(),
        "docs/serve.toml is stale; to mend this: cargo run -p chatspec-cli -- serve --print-config > docs/serve.toml"
    );
}
