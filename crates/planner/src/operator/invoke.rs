//! `invoke f(args)`: a function whose first parameter is the table before it.

use kql_functions::Typed;
use kql_parser::ast::{Call, Expr, ExprKind, Literal, ParameterKind};
use kql_parser::span::Span;
use kql_types::ScalarType::{self, Bool, DateTime, Long, String};

use crate::bind::Binder;
use crate::codes::{self, semantic, unsupported};
use crate::env::{Binding, Env};
use crate::frame::Frame;
use crate::{Result, known, suggest};

/// The name of the piped table among the arguments, which no query can write.
const PIPED: &str = "$piped";

/// The function of Defender XDR that looks files up in a service, and the columns that it adds.
const FILE_PROFILE: &str = "FileProfile";
const FILE_PROFILE_COLUMNS: &[(&str, ScalarType)] = &[
    ("GlobalPrevalence", Long),
    ("GlobalFirstSeen", DateTime),
    ("GlobalLastSeen", DateTime),
    ("Signer", String),
    ("Issuer", String),
    ("SignerHash", String),
    ("IsCertificateValid", Bool),
    ("IsRootSignerMicrosoft", Bool),
    ("SignatureState", String),
    ("IsExecutable", Bool),
    ("ThreatName", String),
    ("Publisher", String),
    ("SoftwareName", String),
    ("ProfileAvailability", String),
];

impl Binder<'_> {
    pub(crate) fn invoke(&mut self, env: &Env, frame: Frame, call: &Expr, span: Span) -> Result<Frame> {
        let ExprKind::Call(call) = &call.kind else {
            let message = "invoke of a function of another database is not built yet";
            return Err(unsupported(codes::UNSUPPORTED_FORM, call.span, message));
        };
        let Some(function) = self.function(env, &call.name.text) else {
            if call.name.text == FILE_PROFILE {
                return self.file_profile(env, frame, call, span);
            }
            return Err(unknown(env, call));
        };
        let parameters = &function.decl.parameters;
        if !matches!(parameters.first().map(|first| &first.kind), Some(ParameterKind::Tabular(_))) {
            let message = format!("{}() takes no table, and invoke gives it one", function.name);
            return Err(semantic(codes::ARGUMENTS, call.name.span, message));
        }
        let piped = Expr { kind: ExprKind::Name(PIPED.to_string()), span };
        // The name of a column is text, and stands only where text is asked for.
        let takes_text = |position: usize| match parameters.get(position + 1).map(|parameter| &parameter.kind)
        {
            Some(ParameterKind::Scalar { type_name, .. }) => {
                ScalarType::from_name(&type_name.text) == Some(String)
            }
            _ => false,
        };
        let given = call.args.iter().enumerate().map(|(position, arg)| match takes_text(position) {
            true => column_name(env, &frame, arg),
            false => arg.clone(),
        });
        let args: Vec<Expr> = std::iter::once(piped).chain(given).collect();
        let env = env.with(PIPED, Binding::Tabular(frame));
        self.tabular_function(&env, &function, &args, span)
    }

    /// The service cannot be asked; without data the columns are known.
    fn file_profile(&mut self, env: &Env, frame: Frame, call: &Call, span: Span) -> Result<Frame> {
        match call.args.as_slice() {
            // Without a column the service takes SHA1.
            [] if frame.column("SHA1").is_some() => {}
            [hash] | [hash, _] if matches!(column_name(env, &frame, hash).kind, ExprKind::Literal(_)) => {}
            _ => {
                let message = format!("{FILE_PROFILE}() takes the name of a column and a number of rows");
                return Err(semantic(codes::ARGUMENTS, call.name.span, message));
            }
        }
        if self.execute {
            let message = format!("{FILE_PROFILE}() asks a service, and nothing here stands for it");
            let mut error = semantic(codes::OUTSIDE, call.name.span, message);
            let hint = "give a function of that name in a file: FileProfile(T:(*), column:string, rows:long)";
            error.hints.push(hint.to_string());
            return Err(error);
        }
        let added = FILE_PROFILE_COLUMNS.iter().map(|(name, ty)| (name.to_string(), Typed::null(*ty)));
        self.with_columns(frame, added.collect(), span)
    }
}

/// The argument itself, or the text of the name where it is the bare name of a column.
fn column_name(env: &Env, frame: &Frame, arg: &Expr) -> Expr {
    match &arg.kind {
        ExprKind::Name(name) if env.get(name).is_none() && frame.column(name).is_some() => {
            Expr { kind: ExprKind::Literal(Literal::String(name.clone())), span: arg.span }
        }
        _ => arg.clone(),
    }
}

fn unknown(env: &Env, call: &Call) -> Box<kql_parser::diagnostic::Diagnostic> {
    let name = call.name.text.as_str();
    if known::is_known_table_function(name) {
        let message = format!("the function {name}() is not built yet");
        return unsupported(codes::UNSUPPORTED_FUNCTION, call.name.span, message);
    }
    let mut error =
        semantic(codes::UNKNOWN_FUNCTION, call.name.span, format!("there is no function `{name}`"));
    error.hints.extend(suggest::hint(name, env.names()));
    error
}
