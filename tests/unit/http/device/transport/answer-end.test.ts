import { ConnectionMemory } from '../../../../../src/http/device/transport/answer-memory';
import { AnswerEnd } from '../../../../../src/http/device/transport/answer-end';
import { DeviceAccount, SendMemory } from '../../../../../src/http/device/transport/send-memory';

const memory = new SendMemory({ process: 300, device: 100, reserve: 10 });
const openEnd = () => new AnswerEnd({ memory: new ConnectionMemory(memory, new DeviceAccount()) });

it('gives back what is on its way, and calls back once', () => {
  const end = openEnd();
  let calls = 0;
  end.onClose(() => calls++);
  const grant = end.memory.takeNow(80);
  if (grant !== undefined) end.memory.leaving(grant);
  expect(memory.usedBytes).toBe(80);
  end.close();
  expect([calls, memory.usedBytes]).toEqual([1, 0]);
});

it('grants nothing to an answer that asks for the first time after its end', async () => {
  const end = openEnd();
  end.close();
  expect(end.memory.takeNow(10)).toBeUndefined();
  expect(await end.memory.take(10)).toBeUndefined();
  expect(memory.usedBytes).toBe(0);
});

it('grants nothing to an answer that asks for the first time after its connection is gone', async () => {
  const connection = { memory: new ConnectionMemory(memory, new DeviceAccount()) };
  const end = new AnswerEnd(connection); // whose end Node never reports
  connection.memory.close();
  expect(end.memory.takeNow(10)).toBeUndefined();
  expect(await end.memory.take(10)).toBeUndefined();
  expect(memory.usedBytes).toBe(0);
});
