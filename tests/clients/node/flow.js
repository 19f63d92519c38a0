// The official Node client, unchanged, through the whole life of schedules.
// In: DUERUN_PORT, DUERUN_PUBLIC, DUERUN_SECRET, DUERUN_MANY (a customer with more than two pages of schedules).
// Out: one JSON object with what was answered, on stdout.
'use strict';

const http = require('http');
const omiseOf = require('omise');

const port = Number(process.env.DUERUN_PORT);
// The client takes no port: the agent's default decides.
http.globalAgent.defaultPort = port;

const settings = {
  publicKey: process.env.DUERUN_PUBLIC,
  secretKey: process.env.DUERUN_SECRET,
  host: '127.0.0.1',
  vaultHost: '127.0.0.1',
  scheme: 'http',
  omiseVersion: '2019-05-29',
};
const omise = omiseOf(settings);

const CARD = {
  name: 'JOHN DOE',
  number: '4242424242424242',
  expiration_month: 10,
  expiration_year: 2060,
  security_code: '123',
  city: 'Bangkok',
  postal_code: '10320',
};

function soon(days) {
  return new Date(Date.now() + days * 86400000).toISOString().slice(0, 10);
}

async function call(method, path, body) {
  const answer = await fetch(`http://127.0.0.1:${port}${path}`, {
    method,
    headers: {
      'Authorization': 'Basic ' + Buffer.from(`${settings.secretKey}:`).toString('base64'),
      'Content-Type': 'application/json',
    },
    body: JSON.stringify(body),
  });
  return answer.json();
}

async function refused(action) {
  try {
    await action();
  } catch (error) {
    return error;
  }
  return null;
}

async function customerOf(number) {
  const token = await omise.tokens.create({card: {...CARD, number}});
  return omise.customers.create({email: 'john@example.com', description: 'John Doe', card: token.id});
}

async function transferable() {
  const account = {brand: 'bbl', number: '1234567890', name: 'SOMCHAI PRASERT'};
  const made = await omise.recipients.create({name: 'Somchai', type: 'individual', bank_account: account});
  await call('PATCH', `/recipients/${made.id}/verify`, {});
  return made;
}

function rules(customer, recipient) {
  const charge = {customer, amount: 100000, currency: 'thb', description: 'Membership fee'};
  const month = {every: 1, period: 'month'};
  const dates = {start_date: soon(2), end_date: soon(500)};
  return {
    today: {every: 1, period: 'day', charge},
    day: {every: 10, period: 'day', ...dates, charge},
    week: {every: 2, period: 'week', on: {weekdays: ['monday', 'friday']}, ...dates, charge},
    days: {...month, on: {days_of_month: [1, 15]}, ...dates, charge},
    weekday: {...month, on: {weekday_of_month: '2nd_monday'}, ...dates, charge},
    amount: {...month, on: {days_of_month: [1]}, ...dates, transfer: {recipient, amount: 20000}},
    percentage: {
      ...month, on: {weekday_of_month: 'last_friday'}, ...dates,
      transfer: {recipient, percentage_of_balance: 12.5},
    },
    whole: {...month, on: {days_of_month: [28]}, ...dates, transfer: {recipient}},
  };
}

async function createdOf(orders) {
  const created = {};
  for (const [shape, order] of Object.entries(orders)) {
    created[shape] = await omise.schedules.create(order);
  }
  return created;
}

async function ranOf(created) {
  const ran = {};
  for (const [shape, schedule] of Object.entries(created)) {
    const list = await omise.schedules.retrieve(`${schedule.id}/occurrences`);
    ran[shape] = list.data;
  }
  return ran;
}

async function pagesOf(customer, order) {
  const ids = [];
  for (let offset = 0; ; offset += 100) {
    const page = await omise.customers.schedules(customer, {limit: 100, offset, order});
    ids.push(...page.data.map((each) => each.id));
    if (page.data.length < 100) {
      return {ids, total: page.total};
    }
  }
}

async function errorsOf(customer) {
  const token = await omise.tokens.create({card: CARD});
  await omise.customers.create({card: token.id});
  const bare = await omise.customers.create({});
  const stranger = omiseOf({...settings, secretKey: 'skey_test_wrong'});
  const daily = {every: 1, period: 'day'};
  return {
    not_found: await refused(() => omise.schedules.retrieve('schd_test_nope')),
    used_token: await refused(() => omise.customers.create({card: token.id})),
    invalid_card: await refused(() => omise.tokens.create({card: {...CARD, number: '4242424242424241'}})),
    missing_card: await refused(
      () => omise.schedules.create({...daily, charge: {customer: bare.id, amount: 100000}})),
    invalid_charge: await refused(() => omise.schedules.create({...daily, charge: {customer, amount: 1}})),
    bad_request: await refused(() => omise.schedules.create({every: 1, period: 'month', charge: {customer, amount: 100000}})),
    authentication_failure: await refused(() => stranger.account.retrieve()),
  };
}

async function main() {
  const customer = await customerOf(CARD.number);
  const declined = await customerOf('4111111111140011');
  const recipient = await transferable();
  const orders = rules(customer.id, recipient.id);
  const declinedOrder = {...orders.today, charge: {...orders.today.charge, customer: declined.id}};
  const created = await createdOf({...orders, declined: declinedOrder});
  const clock = await call('POST', '/clock/advance', {days: 75});
  const ran = await ranOf(created);
  const charge = await omise.charges.retrieve(ran.today[0].result);
  const transfer = await omise.transfers.retrieve(ran.amount[0].result);
  const destroyed = await omise.schedules.destroy(created.day.id);
  const held = await omise.charges.create({amount: 100000, currency: 'thb', customer: customer.id, capture: false});
  const captured = await omise.charges.capture(held.id);
  return {
    customer, recipient, created, clock, ran, charge, transfer, destroyed, captured,
    refund: await omise.charges.createRefund(held.id, {amount: 100}),
    suspended: await omise.schedules.retrieve(created.declined.id),
    scheduled: await omise.charges.schedules(),
    transferring: await omise.transfers.schedules(),
    cards: await omise.customers.listCards(customer.id, {limit: 3}),
    chronological: await pagesOf(process.env.DUERUN_MANY, 'chronological'),
    reverse: await pagesOf(process.env.DUERUN_MANY, 'reverse_chronological'),
    errors: await errorsOf(customer.id),
  };
}

main().then(
  (results) => process.stdout.write(JSON.stringify(results)),
  (error) => {
    process.stderr.write(`${error.stack || JSON.stringify(error)}\n`);
    process.exitCode = 1;
  },
);
