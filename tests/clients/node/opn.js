// opn-payments, a typed client of a third party, unchanged: every answer is parsed with the client's own schemas.
// In: DUERUN_PORT, DUERUN_PUBLIC, DUERUN_SECRET, DUERUN_VERSION, DUERUN_MANY (a customer with many schedules).
// Out: one JSON object with what was answered, and what the schemas found, on stdout.
'use strict';

const {OpnPayments} = require('opn-payments/2015-11-17/class');
const {isOpnPaymentsError} = require('opn-payments/error');
const cards = require('opn-payments/2015-11-17/card');
const charges = require('opn-payments/2015-11-17/charge');
const customers = require('opn-payments/2015-11-17/customer');
const occurrences = require('opn-payments/2015-11-17/occurrence');
const recipients = require('opn-payments/2015-11-17/recipient');
const schedules = require('opn-payments/2015-11-17/schedule');
const tokens = require('opn-payments/2015-11-17/token');
const transfers = require('opn-payments/2015-11-17/transfer');

const base = `http://127.0.0.1:${process.env.DUERUN_PORT}`;
const settings = {
  secretKey: process.env.DUERUN_SECRET,
  endpoint: base,
  apiVersion: process.env.DUERUN_VERSION,
  onlyForTesting: {vaultEndpoint: base, publicKey: process.env.DUERUN_PUBLIC},
};
const opn = new OpnPayments(settings);
const found = {};

const CARD = {
  name: 'JOHN DOE',
  number: '4242424242424242',
  expiration_month: 10,
  expiration_year: 2060,
  security_code: '123',
};

function soon(days) {
  return new Date(Date.now() + days * 86400000).toISOString().slice(0, 10);
}

// The answer to a call, once the schema has read it. Numbers of items are left out of what it found.
async function read(what, schema, promise) {
  const {ok, content} = await promise;
  if (!ok) {
    throw new Error(`${what}: ${JSON.stringify(content)}`);
  }
  const parsed = schema.safeParse(content);
  const paths = parsed.success ? [] : parsed.error.issues.flatMap(pathsOf);
  found[what] = [...new Set([...(found[what] || []), ...paths])].sort();
  return content;
}

function pathsOf(issue) {
  if (issue.code === 'invalid_union') {
    const tries = issue.unionErrors.map((error) => error.issues.flatMap(pathsOf));
    return tries.sort((one, other) => one.length - other.length)[0];
  }
  return [issue.path.map((step) => (typeof step === 'number' ? '*' : step)).join('.')];
}

async function refused(promise) {
  const {ok, status, content} = await promise;
  return {ok, status, known: isOpnPaymentsError(content), ...content};
}

async function advance(days) {
  const key = Buffer.from(`${settings.secretKey}:`).toString('base64');
  const headers = {'Authorization': `Basic ${key}`, 'Content-Type': 'application/json'};
  await fetch(`${base}/clock/advance`, {method: 'POST', headers, body: JSON.stringify({days})});
}

async function payer() {
  const token = await read('token', tokens.OpnPaymentsTokenSchema, opn.createTokenOnlyForTesting(CARD));
  const given = {email: 'john@example.com', description: 'John Doe', card: token.id, metadata: {member: '7'}};
  const customer = await read('customer', customers.OpnPaymentsCustomerSchema, opn.createCustomer(given));
  await read('used token', tokens.OpnPaymentsTokenSchema, opn.fetchTokenOnlyForTesting(token.id));
  return customer;
}

async function payee() {
  const account = {brand: 'bbl', number: '1234567890', name: 'SOMCHAI PRASERT'};
  const given = {name: 'Somchai', type: 'individual', bank_account: account};
  const {id} = await read('recipient', recipients.OpnPaymentsRecipientSchema, opn.createRecipient(given));
  return read('recipient', recipients.OpnPaymentsRecipientSchema, opn.verifyRecipientOnlyForTesting(id));
}

function orders(customer, recipient) {
  const charge = {customer, amount: 100000, currency: 'thb', description: 'Membership fee'};
  const month = {every: 1, period: 'month', start_date: soon(2), end_date: soon(500)};
  const dates = {start_date: soon(2), end_date: soon(500)};
  return {
    today: {every: 1, period: 'day', end_date: soon(500), charge},
    day: {every: 10, period: 'day', ...dates, charge},
    week: {every: 2, period: 'week', on: {weekdays: ['monday', 'friday']}, ...dates, charge},
    days: {...month, on: {days_of_month: [1, 15]}, charge},
    weekday: {...month, on: {weekday_of_month: '2nd_monday'}, charge},
    amount: {...month, on: {days_of_month: [1]}, transfer: {recipient, amount: 20000}},
    percentage: {...month, on: {weekday_of_month: '3rd_friday'}, transfer: {recipient, percentage_of_balance: 12.5}},
    whole: {...month, on: {days_of_month: [28]}, transfer: {recipient}},
  };
}

async function createdOf(rules) {
  const created = {};
  for (const [shape, rule] of Object.entries(rules)) {
    const [schema, create] = rule.charge
      ? [schedules.OpnPaymentsChargeScheduleSchema, opn.createChargeSchedule]
      : [schedules.OpnPaymentsTransferScheduleSchema, opn.createTransferSchedule];
    created[shape] = await read('schedule', schema, create(rule));
  }
  return created;
}

async function ranOf(created) {
  const ran = {};
  for (const [shape, {id}] of Object.entries(created)) {
    const list = opn.fetchOccurrencesForSchedule(id, {limit: 100});
    ran[shape] = (await read('occurrences', occurrences.OpnPaymentsOccurrenceListSchema, list)).data;
  }
  const one = opn.fetchOccurrence(ran.today[0].id);
  await read('occurrence', occurrences.OpnPaymentsOccurrenceSchema, one);
  return ran;
}

async function listsOf(customer, recipient) {
  const page = {limit: 2, offset: 1, order: 'reverse_chronological', from: new Date(0)};
  const charging = schedules.OpnPaymentsChargeScheduleListSchema;
  const transferring = schedules.OpnPaymentsTransferScheduleListSchema;
  return {
    all: await read('schedules', schedules.OpnPaymentsScheduleListSchema, opn.fetchSchedules(page)),
    charging: await read('schedules', charging, opn.fetchChargeSchedules(page)),
    transferring: await read('schedules', transferring, opn.fetchTransferSchedules()),
    customer: await read('schedules', charging, opn.fetchChargeSchedulesForCustomer(customer, {limit: 100})),
    recipient: await read('schedules', transferring, opn.fetchTransferSchedulesForRecipient(recipient)),
    customers: await read('customers', customers.OpnPaymentsCustomerListSchema, opn.fetchCustomers({limit: 5})),
    cards: await read('cards', cards.OpnPaymentsCardListSchema, opn.fetchCardsForCustomer(customer)),
    recipients: await read('recipients', recipients.OpnPaymentsRecipientListSchema, opn.fetchRecipients()),
  };
}

async function errorsOf(customer) {
  const stranger = new OpnPayments({...settings, secretKey: 'skey_test_wrong'});
  const charge = {customer, amount: 1};
  return {
    not_found: await refused(opn.fetchSchedule('schd_test_nope')),
    invalid_card: await refused(opn.createTokenOnlyForTesting({...CARD, number: '4242424242424241'})),
    invalid_charge: await refused(opn.createChargeSchedule({every: 1, period: 'day', end_date: soon(500), charge})),
    bad_request: await refused(opn.createChargeSchedule({every: 1, period: 'month', end_date: soon(500), charge})),
    authentication_failure: await refused(stranger.fetchAccount()),
  };
}

async function main() {
  const customer = await payer();
  const recipient = await payee();
  const created = await createdOf(orders(customer.id, recipient.id));
  await advance(75);
  const ran = await ranOf(created);
  return {
    created, ran, found,
    retrieved: await read('schedule', schedules.OpnPaymentsScheduleSchema, opn.fetchSchedule(created.days.id)),
    charge: await read('charge', charges.OpnPaymentsChargeSchema, opn.fetchCharge(ran.today[0].result)),
    transfer: await read('transfer', transfers.OpnPaymentsTransferSchema, opn.fetchTransfer(ran.amount[0].result)),
    lists: await listsOf(customer.id, recipient.id),
    paged: (await opn.fetchAllChargeSchedules()).map((each) => each.id),
    destroyed: await read('schedule', schedules.OpnPaymentsScheduleSchema, opn.deleteSchedule(created.day.id)),
    gone: await read('destroyed customer', customers.OpnPaymentsDeletedCustomerSchema, opn.deleteCustomer(customer.id)),
    errors: await errorsOf(process.env.DUERUN_MANY),
  };
}

main().then(
  (results) => process.stdout.write(JSON.stringify(results)),
  (error) => {
    process.stderr.write(`${error.stack || JSON.stringify(error)}\n`);
    process.exitCode = 1;
  },
);
