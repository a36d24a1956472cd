// Prints the manual page: what `--help` says of each command, in the words of the command line itself.
import { execFileSync } from 'node:child_process';

const [main, version] = process.argv.slice(2);
const ask = (...words) => execFileSync(process.execPath, [main, ...words], { encoding: 'utf8' });
const date = new Date(Number(process.env.SOURCE_DATE_EPOCH ?? 0) * 1000).toISOString().slice(0, 10);

/** Text for roff: nothing in it is a request, and a dash can be copied. */
const plain = (text) =>
  text
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replace(/^([.'])/gm, '\\&$1');

const commands = [...ask('--help').matchAll(/^ {2}layerlift ([\w-]+)(.*?) {2,}(.+)$/gm)].map(
  ([, name, words, about]) => ({
    name,
    words: words.trim(),
    about,
  }),
);
if (commands.length < 5) throw new Error('the help of layerlift does not list its commands');

function section({ name, words, about }) {
  const help = ask(name, '--help').split(/\nExit status:/)[0] ?? '';
  const options = [...help.matchAll(/^ +(?:(-\w), )?(--[\w-]+) +(.+?)(?: +(\[.*\]))?$/gm)].filter(
    ([, , option]) => option !== '--help' && option !== '--version',
  );
  const examples = [...(help.split('\nExamples:\n')[1] ?? '').matchAll(/^ {2}(layerlift .+?) {2,}(.+)$/gm)];
  return [
    `.SS ${plain(`layerlift ${name} ${words}`.trim())}`,
    `${plain(about.charAt(0).toUpperCase() + about.slice(1))}.`,
    ...options.map(
      ([, short, option, text, kind]) =>
        `.TP\n\\fB${plain(short ? `${short}, ${option}` : option)}\\fR\n${plain(`${text}${kind ? ` ${kind}` : ''}`)}`,
    ),
    ...examples.map(([, line, what]) => `.PP\nExample: ${plain(what)}:\n.PP\n.RS 4\n.nf\n${plain(line)}\n.fi\n.RE`),
  ].join('\n');
}

const codes = JSON.parse(ask('exit-codes', '--json'));
process.stdout.write(
  [
    `.TH LAYERLIFT 8 "${date}" "layerlift ${version}" "System Administration"`,
    '.SH NAME\nlayerlift \\- names the layer that holds a storage host back',
    '.SH SYNOPSIS\n.B layerlift\n.I COMMAND\n[\\fIOPTION\\fR]...',
    '.SH DESCRIPTION\n' +
      plain(
        'layerlift builds each layer of a storage stack twice on the real kernel: as deployed, and as a stub of almost no latency. While guests run, it switches between both in random order and measures what each stub lifts. Then it says which layer to fix, how sure it is, and which setting caps it.',
      ),
    '.PP',
    plain('It changes run-time kernel state alone, and undoes every change on every way out. A run needs root.'),
    '.SH COMMANDS',
    ...commands.map(section),
    '.SH EXIT STATUS',
    ...codes.map(({ code, name, meaning }) => `.TP\n.B ${code}\n${plain(`${name}: ${meaning}`)}`),
    '.SH FILES',
    '.TP\n.I /etc/layerlift/profiles\nprofiles of the site, for the unit layerlift@.service',
    '.TP\n.I /usr/lib/layerlift/profiles\nexamples of profiles',
    '.TP\n.I /var/lib/layerlift/runs\nfolders of runs; half a year after they were last read they go',
    '.TP\n.I /run/layerlift\nthe lock, and the journals of runs that go on or were interrupted',
    '.SH SEE ALSO\n.BR fio (1),\n.BR dmsetup (8)',
  ].join('\n') + '\n',
);
