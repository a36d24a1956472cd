import { expect, it } from 'vitest';
import { checksumNames } from '../../../agent/stack/checksums.ts';

it('algorithms have the names that the kernel asks for, not those of their drivers', () => {
  const text =
    'name         : crct10dif\ndriver       : crct10dif-generic\n\nname         : cbc(aes)\ndriver       : cbc-aes\n';
  expect([...checksumNames(text)]).toEqual(['crct10dif', 'cbc(aes)']);
  expect(checksumNames('').size).toBe(0);
});
