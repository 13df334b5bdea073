//! [`Account`]: who may sign in, and with which password.

/// Somebody who is signed in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Account {
    /// The name typed at the login.
    pub(super) user: String,
    /// What they may do.
    pub(super) role: &'static str,
}

impl Account {
    /// The account of that name, where there is one.
    pub(super) fn find(user: &str) -> Option<Self> {
        let role = match user.strip_prefix("user") {
            _ if user == "admin" => "admin",
            Some("" | "1" | "2" | "3" | "4" | "5" | "6" | "7" | "8" | "9") => "user",
            _ => return None,
        };
        Some(Self { user: user.to_owned(), role })
    }

    /// The account of that name, where the password is its own.
    pub(super) fn check(user: &str, password: &str) -> Option<Self> {
        let account = Self::find(user)?;
        let expected = if account.role == "admin" { "demo-admin-password" } else { "demo-user-password" };
        (password == expected).then_some(account)
    }
}
