//! A session at the prompt in a terminal of 30 lines: what is typed, and what stands on the screen then.

use std::io::{Read, Write};
use std::num::NonZero;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use portable_pty::{Child, CommandBuilder, PtySize, native_pty_system};

/// How long the screen may take to show something before the test gives up.
const PATIENCE: Duration = Duration::from_secs(30);

const ROWS: NonZero<u16> = NonZero::new(30).expect("more than none");
const COLUMNS: NonZero<u16> = NonZero::new(100).expect("more than none");

struct Terminal {
    screen: vt100::Parser,
    keys: Box<dyn Write + Send>,
    output: Receiver<Vec<u8>>,
    child: Box<dyn Child + Send + Sync>,
    home: PathBuf,
}

impl Terminal {
    fn open(name: &str, args: &[&str]) -> Self {
        let size = PtySize { rows: ROWS.get(), cols: COLUMNS.get(), pixel_width: 0, pixel_height: 0 };
        let pty = native_pty_system().openpty(size).expect("a terminal");
        let home = std::env::temp_dir().join(format!("kql-prompt-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&home).expect("a folder");
        let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_kql"));
        command.args(args);
        command.cwd(Path::new(env!("CARGO_MANIFEST_DIR")).join("../.."));
        command.env("HOME", &home);
        command.env("XDG_STATE_HOME", &home);
        command.env("TERM", "xterm-256color");
        command.env("PAGER", "head -n 6");
        command.env("EDITOR", "sed -i s/SigninLogs/AuditLogs/");
        command.env_remove("NO_COLOR");
        let child = pty.slave.spawn_command(command).expect("kql starts");
        let mut reader = pty.master.try_clone_reader().expect("a reader");
        let keys = pty.master.take_writer().expect("a writer");
        let (sender, output) = channel();
        std::thread::spawn(move || {
            // The terminal lives as long as somebody reads it.
            let _pty = pty;
            let mut buffer = [0_u8; 4096];
            while let Ok(length) = reader.read(&mut buffer) {
                if length == 0 || sender.send(buffer[..length].to_vec()).is_err() {
                    break;
                }
            }
        });
        let mut terminal =
            Terminal { screen: vt100::Parser::new(ROWS, COLUMNS, 0), keys, output, child, home };
        terminal.shows("kql> ");
        terminal
    }

    /// Types, waits for a text on the screen, and gives the screen.
    fn type_until(&mut self, keys: &str, text: &str) -> String {
        self.press(keys);
        self.shows(text)
    }

    fn press(&mut self, keys: &str) {
        self.keys.write_all(keys.as_bytes()).expect("the terminal takes keys");
        self.keys.flush().expect("the terminal takes keys");
    }

    /// Clears the screen, so that what is waited for is new.
    fn clear(&mut self) {
        self.press("\x0c");
        let end = Instant::now() + PATIENCE;
        while !self.at_prompt() || self.contents().trim().lines().count() > 1 {
            self.read(end, "an empty prompt");
        }
    }

    fn shows(&mut self, text: &str) -> String {
        let end = Instant::now() + PATIENCE;
        while !self.contents().contains(text) {
            self.read(end, text);
        }
        self.contents()
    }

    fn read(&mut self, end: Instant, wanted: &str) {
        let left = end.saturating_duration_since(Instant::now());
        match self.output.recv_timeout(left) {
            Ok(bytes) => self.screen.process(&bytes),
            Err(_) => panic!("{wanted:?} is not on the screen:\n{}", self.contents()),
        }
    }

    fn contents(&self) -> String {
        self.screen.screen().contents()
    }

    /// Leaves, and waits for the end.
    fn quit(mut self) {
        self.press(".quit\r");
        let status = self.child.wait().expect("the program ends");
        assert!(status.success(), "{}", self.contents());
        // A folder that stays behind does no harm.
        let _ = std::fs::remove_dir_all(&self.home);
    }
}

/// What is typed for a word in angle brackets.
const KEYS: &[(&str, &str)] =
    &[("Enter", "\r"), ("Tab", "\t"), ("Alt-Enter", "\x1b\r"), ("C-r", "\x12"), ("C-c", "\x03")];

impl Terminal {
    /// Types a line of a capture and waits for the next prompt, unless the line ends with `<Stay>`.
    fn line(&mut self, line: &str) {
        let mut rest = line.replace("$HOME", &self.home.display().to_string());
        let stays = rest.ends_with("<Stay>");
        rest = rest.trim_end_matches("<Stay>").to_string();
        let mut text = rest.as_str();
        while let Some((plain, after)) = text.split_once('<') {
            self.press(plain);
            let (name, behind) = after.split_once('>').unwrap_or(("", after));
            match (KEYS.iter().find(|(known, _)| *known == name), name.strip_prefix("Wait ")) {
                (Some((_, keys)), _) => self.press(keys),
                (None, Some(wanted)) => drop(self.shows(wanted)),
                // A comparison is no key.
                (None, None) => {
                    self.press("<");
                    text = after;
                    continue;
                }
            }
            text = behind;
        }
        self.press(text);
        if stays {
            return;
        }
        let end = Instant::now() + PATIENCE;
        // What is typed appears before Enter is pressed, so that the next empty prompt is a new one.
        // Ctrl-C ends what runs without it.
        if !rest.ends_with("<C-c>") {
            while self.at_prompt() {
                self.read(end, "what was typed");
            }
            self.press("\r");
        }
        while !self.at_prompt() {
            self.read(end, "the next prompt");
        }
    }

    /// Whether the cursor stands behind an empty prompt.
    fn at_prompt(&self) -> bool {
        let (row, _) = self.screen.screen().cursor_position();
        let line = self.screen.screen().rows(0, COLUMNS.get()).nth(usize::from(row)).unwrap_or_default();
        line.starts_with("kql") && line.trim_end().ends_with('>')
    }

    /// The screen, with what differs from run to run made equal.
    fn capture(&self) -> String {
        let text = self.contents().replace(&self.home.display().to_string(), "$HOME");
        let times = regex::Regex::new(r"\b\d+\.\d{3} s\b").expect("a pattern");
        let text = times.replace_all(&text, "0.000 s");
        // The terminal's echo of Ctrl-C may come before or after what the program clears.
        let lines: Vec<&str> = text.lines().map(str::trim_end).filter(|line| *line != "^C").collect();
        lines.join("\n").trim_end().to_string()
    }

    /// The screen once it is as expected, or does not change any more.
    fn settled(&mut self, expected: &str) -> String {
        while self.capture() != expected {
            match self.output.recv_timeout(Duration::from_secs(3)) {
                Ok(bytes) => self.screen.process(&bytes),
                Err(_) => break,
            }
        }
        self.capture()
    }
}

/// A session that `testdata/prompt.md` writes down: what is typed, and what stands on the screen then. `UPDATE=1` writes
/// the screens anew, to be read before they are kept.
#[test]
fn captures() {
    let path = super::common::root("testdata/prompt.md");
    let page = std::fs::read_to_string(&path).expect("the page is there");
    let mut terminal = Terminal::open("captures", &["-d", "testdata/logs/SigninLogs.csv"]);
    let (mut fresh, mut failures) = (String::new(), Vec::new());
    let mut typed = String::new();
    let mut lines = page.lines();
    while let Some(line) = lines.next() {
        fresh.push_str(line);
        fresh.push('\n');
        let Some(info) = line.strip_prefix("```") else { continue };
        let body: Vec<&str> = lines.by_ref().take_while(|line| !line.starts_with("```")).collect();
        let expected = body.join("\n");
        let mut kept = expected.clone();
        if info == "keys" {
            typed = expected.clone();
            if !typed.is_empty() {
                // What was left at the prompt goes: a search, then the text.
                terminal.press("\x07\x15");
                terminal.clear();
                typed.lines().for_each(|line| terminal.line(line));
            }
        } else if info == "screen" {
            kept = terminal.settled(&expected);
            if kept != expected {
                failures.push(format!("{typed}\n{kept}\n"));
            }
        }
        if !kept.is_empty() {
            fresh.push_str(&kept);
            fresh.push('\n');
        }
        fresh.push_str("```\n");
    }
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(&path, fresh).expect("the page is written");
        return;
    }
    assert!(failures.is_empty(), "{} screens differ:\n{}", failures.len(), failures.join("\n"));
}

#[test]
fn a_session() {
    let mut terminal = Terminal::open("session", &["-d", "testdata/logs"]);
    let greeting = terminal.contents();
    assert!(greeting.contains("SigninLogs 340 rows, 2026-03-19T00:01:26.5670000Z to"), "{greeting}");
    assert!(greeting.contains("`.now data` makes now() and ago() count from there"), "{greeting}");

    // A query over several lines runs when it is complete.
    terminal.clear();
    terminal.press("SigninLogs |\r");
    let screen = terminal.type_until("count\r", "1 row (");
    assert!(screen.contains("│   340 │"), "{screen}");

    // Tab completes a table, an operator and a column of the stage.
    terminal.clear();
    terminal.type_until("AuditLo\t", "AuditLogs");
    terminal.type_until(" | summ\t", "summarize");
    terminal.type_until(" n = count() by OperationN\t", "OperationName");
    terminal.press(" | where n > 5 | project OperationN\t");
    terminal.shows("project OperationName");
    terminal.press(" | take 1\r");
    terminal.shows("1 row (");

    // The signature of a function stands behind the cursor while its arguments are written.
    terminal.clear();
    terminal.type_until("print strlen(", "strlen(source: string): long");
    terminal.press("'abc')\r");
    terminal.shows("print_0");

    // Two mistakes are told at once, with what was meant.
    terminal.clear();
    let screen =
        terminal.type_until("SigninLogs | where Locaton == 'x' and IpAddress == 'y'\r", "`IPAddress`");
    assert!(screen.contains("did you mean `Location`?"), "{screen}");

    // An empty result says why.
    terminal.clear();
    let screen = terminal.type_until("SigninLogs | where ResultType == '50126 '\r", "blanks around it");
    assert!(screen.contains("no rows are left after: | where ResultType"), "{screen}");

    // The clock, the range of times, and how rows are written.
    terminal.clear();
    terminal.type_until(".now data\r", "2026-03-21T14:32:00.0000000Z");
    terminal.type_until(".range 1h\r", "queries see rows from 2026-03-21T13:32:00");
    terminal.type_until(".range off\r", "queries see all rows");
    terminal.type_until(".mode csv\r", "rows are written as csv");
    terminal.type_until("print a=1, b='x,y'\r", "1,\"x,y\"");
    terminal.type_until(".copy\r", "datatable(a:long, b:string)[");
    terminal.type_until(".mode table\r", "rows are written as table");

    // Commands are rows, behind which a query may go on.
    terminal.clear();
    let screen = terminal.type_until(".show tables | where Rows > 1000 | project TableName, Rows\r", "1920");
    assert!(screen.contains("AADNonInteractiveUserSignInLogs") && !screen.contains("AuditLogs"), "{screen}");
    terminal.clear();
    terminal.type_until(".show tabels\r", "did you mean `.show tables`?");
    terminal.clear();
    terminal.type_until("? make_set\r", "make_set(expr, [maxSize])");
    terminal.clear();
    terminal.type_until(".explain KQL0002\r", "No operator has the name after the pipe");
    terminal.quit();
}

#[test]
fn control_c_stops_the_query_and_keeps_the_session() {
    let mut terminal = Terminal::open("cancel", &[]);
    let query = "range x from 1 to 10000000000 step 1 | where x % 7 == 3 and x < 0 | summarize sum(x)\r";
    terminal.type_until(query, "running ");
    terminal.type_until("\x03", "[KQL0202]");
    terminal.clear();
    terminal.type_until("print 6 * 7\r", "42");
    terminal.quit();
}
