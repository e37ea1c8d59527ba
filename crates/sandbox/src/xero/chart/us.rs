//! The default chart of a US organisation, reconstructed.

use super::Row;

const INCOME: &[Row] = &[
    ("4000", "Sales", "REVENUE", "SALE", ""),
    ("4715", "Other Income", "REVENUE", "SALE", ""),
    ("4710", "Uncategorized Income", "REVENUE", "SALE", ""),
];

const COSTS: &[Row] = &[
    ("5000", "Cost of Goods Sold", "DIRECTCOSTS", "COST", ""),
    ("6000", "Advertising", "EXPENSE", "COST", ""),
    ("6040", "Bank Service Charges", "EXPENSE", "COST", ""),
    ("6110", "Automobile", "EXPENSE", "COST", ""),
    ("6140", "Business License & Fees", "EXPENSE", "COST", ""),
    ("6155", "Dues & Subscriptions", "EXPENSE", "COST", ""),
    ("6200", "Meals & Entertainment", "EXPENSE", "COST", ""),
    ("6320", "Insurance", "EXPENSE", "COST", ""),
    ("6330", "Professional Fees", "EXPENSE", "COST", ""),
    ("6680", "Wages & Salaries", "EXPENSE", "COST", ""),
    ("6720", "Payroll Tax Expense", "EXPENSE", "COST", ""),
    ("6900", "Bad Debt", "EXPENSE", "COST", ""),
    ("7000", "Depreciation", "DEPRECIATN", "COST", ""),
    ("7050", "Miscellaneous", "EXPENSE", "COST", ""),
    ("7150", "Other Expense", "EXPENSE", "COST", ""),
    ("8100", "Bank Revaluations", "EXPENSE", "NONE", "BANKCURRENCYGAIN"),
    ("8150", "Unrealized Currency Gains", "EXPENSE", "NONE", "UNREALISEDCURRENCYGAIN"),
    ("8200", "Realized Currency Gains", "EXPENSE", "NONE", "REALISEDCURRENCYGAIN"),
];

const ASSETS: &[Row] = &[
    ("1200", "Accounts Receivable", "CURRENT", "NONE", "DEBTORS"),
    ("1300", "Prepayments", "CURRENT", "NONE", ""),
    ("1320", "Employee Advances", "CURRENT", "NONE", ""),
    ("1350", "Vendor Deposits", "CURRENT", "NONE", ""),
    ("1400", "Inventory Asset", "INVENTORY", "NONE", ""),
    ("1520", "Computer & Office Equipment", "FIXED", "NONE", ""),
    ("1521", "Accumulated Depreciation - Computer & Office Equipment", "FIXED", "NONE", ""),
];

const LIABILITIES: &[Row] = &[
    ("2000", "Accounts Payable", "CURRLIAB", "NONE", "CREDITORS"),
    ("2060", "Gift Card Liability", "CURRLIAB", "NONE", ""),
    ("2100", "Unpaid Expense Claims", "CURRLIAB", "NONE", "UNPAIDEXPCLM"),
    ("2170", "Wages Payable", "CURRLIAB", "NONE", "WAGEPAYABLES"),
    ("2200", "Sales Tax", "CURRLIAB", "NONE", "GST"),
    ("2400", "Line of Credit", "CURRLIAB", "NONE", ""),
    ("2500", "Suspense", "CURRLIAB", "NONE", ""),
    ("2550", "Historical Adjustment", "CURRLIAB", "NONE", "HISTORICAL"),
    ("2600", "Rounding", "CURRLIAB", "NONE", "ROUNDING"),
    ("2650", "Tracking Transfers", "CURRLIAB", "NONE", "TRACKINGTRANSFERS"),
];

const EQUITY: &[Row] = &[
    ("3000", "Owner's Capital", "EQUITY", "NONE", ""),
    ("3900", "Retained Earnings", "EQUITY", "NONE", "RETAINEDEARNINGS"),
];

pub(super) const ALL: &[&[Row]] = &[INCOME, COSTS, ASSETS, LIABILITIES, EQUITY];
