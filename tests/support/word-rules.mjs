/** What stands for an expression within a template. */
const gap = '\0';

/** The text of a string or template; `undefined` for any other node. */
function textOf(node) {
  if (node?.type === 'Literal' && typeof node.value === 'string') return node.value;
  if (node?.type === 'TemplateLiteral') return node.quasis.map(({ value }) => value.cooked).join(gap);
  return undefined;
}

/**
 * Whether people would read it as a part of a sentence: two words with a blank between them, of which one may be filled in.
 * Codes, keys, paths and header names have no blank.
 */
function isSentence(text) {
  const words = text.split(/\s+/).filter((word) => /\p{L}{2}/u.test(word.replaceAll(gap, '')));
  const filled = text.split(/\s+/).filter((word) => word.includes(gap));
  return words.length > 0 && new Set([...words, ...filled]).size > 1;
}

const logged = /^(?:trace|debug|info|warn|error|fatal)$/;

/** Arguments of a log and messages of bugs are read by engineers, as the code is. */
function isForEngineers(node) {
  for (let at = node.parent; at !== null && at !== undefined; at = at.parent) {
    if (at.type === 'NewExpression' && at.callee.name === 'Error') return true;
    if (at.type !== 'CallExpression' || at.callee.type !== 'MemberExpression') continue;
    const { object, property } = at.callee;
    const of = object.type === 'MemberExpression' ? object.property.name : object.name;
    if (of === 'log' && logged.test(property.name)) return true;
  }
  return false;
}

/** No sentence stands here: whoever says something says a code with parameters, and a catalogue has the words. */
export const noSentences = {
  meta: {
    type: 'problem',
    schema: [],
    messages: {
      sentence: 'A sentence for people belongs into src/core/reasons; here stands its code.',
    },
  },
  create(context) {
    const check = (node) => {
      const text = textOf(node);
      if (text === undefined || !isSentence(text) || isForEngineers(node)) return;
      if (['ImportDeclaration', 'ExportAllDeclaration', 'TSLiteralType'].includes(node.parent.type)) return;
      context.report({ node, messageId: 'sentence' });
    };
    return { Literal: check, TemplateLiteral: check };
  },
};

/** Attributes that a browser shows or reads out, and properties of our parts that do. */
const shown = new Set([
  'title',
  'alt',
  'label',
  'placeholder',
  'summary',
  'hint',
  'text',
  'aria-label',
  'aria-description',
  'aria-placeholder',
  'aria-roledescription',
  'aria-valuetext',
]);

/** What is in capitals alone, such as the first line of a PEM file, is a sign and no word. */
const hasWord = (text) => /\p{L}\p{Ll}/u.test(text);

/** Strings that an expression comes to, as far as they stand in it. */
function* literalsOf(node) {
  if (node === null) return;
  if (textOf(node) !== undefined) yield node;
  if (node.type === 'JSXExpressionContainer') yield* literalsOf(node.expression);
  if (node.type === 'LogicalExpression') yield* [...literalsOf(node.left), ...literalsOf(node.right)];
  if (node.type === 'ConditionalExpression')
    yield* [...literalsOf(node.consequent), ...literalsOf(node.alternate)];
}

/** What the page shows comes from its table of texts, so that a translation is another table. */
export const noJsxWords = {
  meta: {
    type: 'problem',
    schema: [],
    messages: { words: 'What people see belongs into src/dashboard/texts.' },
  },
  create(context) {
    const check = (parent) => {
      for (const node of literalsOf(parent)) {
        if (hasWord(textOf(node))) context.report({ node, messageId: 'words' });
      }
    };
    return {
      JSXText(node) {
        if (hasWord(node.value)) context.report({ node, messageId: 'words' });
      },
      JSXExpressionContainer(node) {
        if (node.parent.type === 'JSXElement' || node.parent.type === 'JSXFragment') check(node);
      },
      JSXAttribute({ name, value }) {
        if (shown.has(name.name)) check(value);
      },
    };
  },
};
