//! The lines for a shell, read by one: what it makes of each word, and what curl then sends.

#![expect(clippy::disallowed_methods, reason = "a shell is a program, started here alone")]

use crate::driver::{Outcome, on_the_path};
use harness_model::event::Exchange;
use harness_model::story::curl::{command, quoted};
use libtest_mimic::Completion;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::Command;
use std::time::Duration;

/// What shells look for, terminals obey, and curl reads as something else.
const PIECES: [&str; 30] = [
    "'",
    "''",
    "\"",
    "\\",
    "$HOME",
    "`id`",
    "$(id)",
    "!x",
    "*",
    "~",
    "#",
    ";",
    "&",
    "|",
    "<",
    ">",
    "\n",
    "\r",
    "\t",
    "\u{1b}[31m",
    "\u{7}",
    "\u{7f}",
    "\u{202e}",
    "größer 🦀",
    "@/etc/passwd",
    "-x",
    "%s",
    "{a,b}",
    "[secret]",
    "",
];
/// The value of the variable that stands for a secret.
const SECRET: &str = "it's $HOME";

/// Numbers that look like chance and are the same every time.
fn next(seed: &mut u64) -> usize {
    *seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
    usize::try_from(*seed >> 40).unwrap_or_default()
}

fn run(script: &str) -> Outcome<Vec<u8>> {
    let output =
        Command::new("sh").arg("-c").arg(script).env("KEY", SECRET).env("API_KEY", "t0ken").output()?;
    if output.status.success() {
        return Ok(output.stdout);
    }
    Err(format!("{script}\nsays {}", String::from_utf8_lossy(&output.stderr)).into())
}

pub(crate) fn words() -> Outcome<Completion> {
    if on_the_path(&["sh"]).is_none() {
        return Ok(Completion::ignored_with("no sh"));
    }
    let mut seed = 20_261_121;
    let texts: Vec<String> = (0..2000)
        .map(|_| (0..next(&mut seed) % 9).map(|_| PIECES[next(&mut seed) % PIECES.len()]).collect())
        .collect();
    for some in texts.chunks(200) {
        let words: Vec<String> = some.iter().map(|text| quoted(text, "KEY")).collect();
        let said = run(&format!("printf '%s\\0' {}", words.join(" ")))?;
        let read: Vec<&[u8]> = said.split(|byte| *byte == 0).collect();
        for (text, read) in some.iter().zip(read) {
            let read = String::from_utf8_lossy(read);
            assert_eq!(read, text.replace("[secret]", SECRET), "{}", quoted(text, "KEY"));
        }
    }
    Ok(Completion::Completed)
}

/// Takes one request; gives its head and its body.
fn take(connection: TcpStream) -> Outcome<(Vec<String>, String)> {
    connection.set_read_timeout(Some(Duration::from_secs(20)))?;
    let mut reader = BufReader::new(connection);
    let (mut head, mut length) = (Vec::new(), 0);
    loop {
        let mut line = String::new();
        reader.read_line(&mut line)?;
        if line.trim_end().is_empty() {
            break;
        }
        if let Some((name, value)) = line.split_once(':')
            && name.eq_ignore_ascii_case("content-length")
        {
            length = value.trim().parse()?;
        }
        head.push(line.trim_end().to_owned());
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body)?;
    reader
        .into_inner()
        .write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 4\r\nconnection: close\r\n\r\ndone")?;
    Ok((head, String::from_utf8(body)?))
}

pub(crate) fn again() -> Outcome<Completion> {
    if on_the_path(&["curl"]).is_none() || on_the_path(&["sh"]).is_none() {
        return Ok(Completion::ignored_with("no curl"));
    }
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let address = listener.local_addr()?;
    let body = "@{\"name\": \"it's $HOME \\\" [1]\",\r\n \"text\": \"größer 🦀 \u{1b}[31m\"}";
    let exchange = Exchange {
        method: "PATCH".to_owned(),
        url: format!("http://{address}/w/[1]/{{a,b}}?q=it's"),
        request_headers: [("x-org", "a 'b' $c"), ("x-empty", ""), ("authorization", "Bearer [secret]")]
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .into(),
        request_body: Some(body.to_owned()),
        credential: Some("API_KEY".to_owned()),
        status: None,
        response_headers: Vec::new(),
        response_body: String::new(),
        elapsed: Duration::ZERO,
    };
    let taken = std::thread::spawn(move || {
        let connection = listener.accept().map(|(connection, _)| connection);
        connection.map_err(Into::into).and_then(take).map_err(|error| error.to_string())
    });
    assert_eq!(run(&command(&exchange))?, b"done");
    let (head, sent) = taken.join().map_err(|_panic| "nobody listened")??;
    assert_eq!(head[0], "PATCH /w/[1]/{a,b}?q=it's HTTP/1.1");
    for header in
        ["x-org: a 'b' $c", "x-empty:", "authorization: Bearer t0ken", "content-type: application/json"]
    {
        assert!(head.iter().any(|line| line == header), "{header} is not in {head:?}");
    }
    assert_eq!(sent, body);
    Ok(Completion::Completed)
}
