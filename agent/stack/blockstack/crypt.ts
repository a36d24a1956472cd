import * as z from 'zod';
import { plainText } from '../../profile/settings.ts';
import { defineProvider } from '../provider.ts';
import { anyKey } from './printed.ts';
import { counted, multipleOf, scope, sectorsOf } from './shared-settings.ts';
import { configuredTree } from './tree.ts';

const sectorSizes = [512, 1024, 2048, 4096] as const;

/** Encryption as LUKS sets it up, with any key (Documentation/admin-guide/device-mapper/dm-crypt.rst). */
export const cryptTree = defineProvider({
  layer: 'blockstack',
  name: 'crypt',
  roles: ['deployed'],
  about: 'dm-crypt as LUKS sets it up, with any key',
  settings: z.strictObject({
    scope,
    cipher: plainText('a cipher, such as aes-xts-plain64')
      .max(128, { error: 'expected at most 128 characters' })
      .regex(/^\S+-\S+$/, 'expected a cipher as in `cryptsetup status`, such as aes-xts-plain64')
      .default('aes-xts-plain64')
      .meta({ description: 'cipher, as in `cryptsetup status`', values: 'such as `aes-xts-plain64`' }),
    keySize: z
      .union([z.literal(128), z.literal(192), z.literal(256), z.literal(384), z.literal(512)], {
        error: 'expected 128, 192, 256, 384 or 512 bits',
      })
      .default(512)
      .describe('bits of the key; XTS takes two keys'),
    sectorSize: z
      .union([z.literal(sectorSizes[0]), z.literal(1024), z.literal(2048), z.literal(4096)], {
        error: 'expected 512, 1024, 2048 or 4096 bytes',
      })
      .default(512)
      .describe('unit of encryption, bytes'),
    offset: multipleOf(4096, { min: 0, max: 2 ** 30 })
      .prefault('16MiB')
      .describe('where the data begin: a header of LUKS2 takes 16 MiB'),
    noReadWorkqueue: z.boolean().default(false).describe('decrypts in the context that completes the read'),
    noWriteWorkqueue: z.boolean().default(false).describe('encrypts in the context that submits the write'),
    sameCpuCrypt: z.boolean().default(false).describe('encrypts on the CPU that submitted'),
    submitFromCryptCpus: z.boolean().default(false).describe('submits each write where it was encrypted, unsorted'),
    allowDiscards: z.boolean().default(false).describe('passes discards'),
  }),
  configure: (settings) =>
    configuredTree(({ sectors }) => {
      const { cipher, keySize, sectorSize, offset } = settings;
      const options = [
        ...(settings.allowDiscards ? ['allow_discards'] : []),
        ...(settings.sameCpuCrypt ? ['same_cpu_crypt'] : []),
        ...(settings.submitFromCryptCpus ? ['submit_from_crypt_cpus'] : []),
        ...(settings.noReadWorkqueue ? ['no_read_workqueue'] : []),
        ...(settings.noWriteWorkqueue ? ['no_write_workqueue'] : []),
        ...(sectorSize === 512 ? [] : [`sector_size:${sectorSize}`]),
      ];
      const start = sectorsOf(offset);
      const unit = sectorsOf(sectorSize);
      const length = Math.floor((sectors - start) / unit) * unit;
      return {
        scope: settings.scope,
        side: [],
        devices: [
          {
            name: 'crypt',
            table: `0 ${length} crypt ${cipher} ${anyKey(keySize / 8)} 0 {below} ${start}${counted(options)}`,
          },
        ],
        volumes: [],
        notes: [],
        ...(sectorSize === 512 ? {} : { blockBytes: sectorSize }),
      };
    }),
});
