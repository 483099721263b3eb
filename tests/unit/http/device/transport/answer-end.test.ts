import { ConnectionMemory } from '../../../../../src/http/device/transport/answer-memory';
import { AnswerEnd } from '../../../../../src/http/device/transport/answer-end';
import { DeviceAccount, SendMemory } from '../../../../../src/http/device/transport/send-memory';

let memory: SendMemory;
beforeEach(() => {
  memory = new SendMemory({ process: 8192, device: 100, reserve: 10 });
});
const openEnd = () => new AnswerEnd({ memory: new ConnectionMemory(memory, new DeviceAccount()) });

it('gives back what is on its way, and calls back once', () => {
  const end = openEnd();
  let calls = 0;
  end.onClose(() => calls++);
  const grant = end.memory.takeNow(80);
  if (grant !== undefined) end.memory.leaving(grant, end.memory.buffer(grant));
  expect(memory.usedBytes).toBe(80);
  end.close();
  expect([calls, memory.usedBytes]).toEqual([1, 0]);
});

describe('the buffer of a piece', () => {
  const leave = (end: AnswerEnd) => {
    const grant = end.memory.takeNow(80);
    if (grant === undefined) throw new Error('there is room');
    return end.memory.leaving(grant, end.memory.buffer(grant));
  };

  it('is used again once the write is done', () => {
    const end = openEnd();
    const written = leave(end);
    expect(memory.buffers.freeBytes).toBe(0);
    written();
    expect(memory.buffers.freeBytes).toBe(4096);
    written(); // no effect
    expect(memory.buffers.freeBytes).toBe(4096);
    leave(end);
    expect(memory.buffers.freeBytes).toBe(0);
    end.close();
  });

  it('is not used again after a write that failed, or that was under way at the end', () => {
    const end = openEnd();
    leave(end)(new Error('the stream was reset'));
    const late = leave(end);
    end.close();
    late();
    expect(memory.usedBytes).toBe(0);
    expect(memory.buffers.freeBytes).toBe(0);
  });
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
