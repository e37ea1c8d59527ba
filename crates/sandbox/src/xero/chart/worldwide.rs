//! The chart that organisations outside the UK and the US begin with, as far as Australian and New
//! Zealand listings agree.

use super::Row;

const INCOME: &[Row] = &[
    ("200", "Sales", "REVENUE", "SALE", ""),
    ("260", "Other Revenue", "REVENUE", "SALE", ""),
    ("270", "Interest Income", "REVENUE", "NONE", ""),
];

const COSTS: &[Row] = &[
    ("310", "Cost of Goods Sold", "DIRECTCOSTS", "COST", ""),
    ("400", "Advertising", "OVERHEADS", "COST", ""),
    ("404", "Bank Fees", "OVERHEADS", "NONE", ""),
    ("408", "Cleaning", "OVERHEADS", "COST", ""),
    ("412", "Consulting & Accounting", "OVERHEADS", "COST", ""),
    ("416", "Depreciation", "OVERHEADS", "NONE", ""),
    ("420", "Entertainment", "OVERHEADS", "COST", ""),
    ("425", "Freight & Courier", "OVERHEADS", "COST", ""),
    ("429", "General Expenses", "OVERHEADS", "COST", ""),
    ("433", "Insurance", "OVERHEADS", "COST", ""),
    ("437", "Interest Expense", "OVERHEADS", "NONE", ""),
    ("441", "Legal expenses", "OVERHEADS", "COST", ""),
    ("445", "Light, Power, Heating", "OVERHEADS", "COST", ""),
    ("449", "Motor Vehicle Expenses", "OVERHEADS", "COST", ""),
    ("453", "Office Expenses", "OVERHEADS", "COST", ""),
    ("461", "Printing & Stationery", "OVERHEADS", "COST", ""),
    ("469", "Rent", "OVERHEADS", "COST", ""),
    ("473", "Repairs and Maintenance", "OVERHEADS", "COST", ""),
    ("477", "Wages and Salaries", "OVERHEADS", "NONE", ""),
    ("485", "Subscriptions", "OVERHEADS", "COST", ""),
    ("489", "Telephone & Internet", "OVERHEADS", "COST", ""),
    ("493", "Travel - National", "OVERHEADS", "COST", ""),
    ("494", "Travel - International", "OVERHEADS", "NONE", ""),
    ("497", "Bank Revaluations", "OVERHEADS", "NONE", "BANKCURRENCYGAIN"),
    ("498", "Unrealised Currency Gains", "OVERHEADS", "NONE", "UNREALISEDCURRENCYGAIN"),
    ("499", "Realised Currency Gains", "OVERHEADS", "NONE", "REALISEDCURRENCYGAIN"),
    ("505", "Income Tax Expense", "OVERHEADS", "NONE", ""),
];

const ASSETS: &[Row] = &[
    ("610", "Accounts Receivable", "CURRENT", "NONE", "DEBTORS"),
    ("611", "Less Provision for Doubtful Debts", "CURRENT", "NONE", ""),
    ("620", "Prepayments", "CURRENT", "NONE", ""),
    ("630", "Inventory", "INVENTORY", "NONE", ""),
    ("710", "Office Equipment", "FIXED", "COST", ""),
    ("711", "Less Accumulated Depreciation on Office Equipment", "FIXED", "NONE", ""),
    ("720", "Computer Equipment", "FIXED", "COST", ""),
    ("721", "Less Accumulated Depreciation on Computer Equipment", "FIXED", "NONE", ""),
];

const LIABILITIES: &[Row] = &[
    ("800", "Accounts Payable", "CURRLIAB", "NONE", "CREDITORS"),
    ("801", "Unpaid Expense Claims", "CURRLIAB", "NONE", "UNPAIDEXPCLM"),
    ("804", "Wages Payable - Payroll", "CURRLIAB", "NONE", "WAGEPAYABLES"),
    ("820", "GST", "CURRLIAB", "NONE", "GST"),
    ("830", "Income Tax Payable", "CURRLIAB", "NONE", ""),
    ("840", "Historical Adjustment", "CURRLIAB", "NONE", "HISTORICAL"),
    ("850", "Suspense", "CURRLIAB", "NONE", ""),
    ("860", "Rounding", "CURRLIAB", "NONE", "ROUNDING"),
    ("877", "Tracking Transfers", "CURRLIAB", "NONE", "TRACKINGTRANSFERS"),
    ("900", "Loan", "TERMLIAB", "NONE", ""),
];

const EQUITY: &[Row] = &[
    ("960", "Retained Earnings", "EQUITY", "NONE", "RETAINEDEARNINGS"),
    ("970", "Owner A Share Capital", "EQUITY", "NONE", ""),
    ("980", "Owner A Drawings", "EQUITY", "NONE", ""),
];

pub(super) const ALL: &[&[Row]] = &[INCOME, COSTS, ASSETS, LIABILITIES, EQUITY];
