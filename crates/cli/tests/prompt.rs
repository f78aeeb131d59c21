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
        command.env("PAGER", "cat");
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
        while self.contents().trim() != "kql>" {
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
